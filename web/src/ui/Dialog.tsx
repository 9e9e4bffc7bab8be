import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, type RefObject, useRef, useState } from "react";
import { t } from "@/app/i18n";
import { Button, IconButton } from "./Button";
import { explain } from "./states";

type DialogProps = {
  open: boolean;
  /** Asked to close by Escape, the button or a press outside. Whoever has unsaved input may refuse by leaving `open` as it is. */
  onClose: () => void;
  title: ReactNode;
  subtitle?: ReactNode;
  children: ReactNode;
  foot?: ReactNode;
  width?: number;
  /** What has the focus first; the first field otherwise, or the dialog itself where there is none, never the button that closes it. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** What gets the focus back; what had it before otherwise. */
  finalFocus?: RefObject<HTMLElement | null>;
};

const fields = ["input:not([type=checkbox], [type=radio], [type=file], [hidden], :disabled)", "select:not(:disabled)", "textarea:not(:disabled)", "[contenteditable=true]"].join();

/** A dialog; on a phone a sheet with a fixed foot, of full height unless it is a small one. Its body scrolls, head and foot do not. */
export function Dialog({ open, onClose, title, subtitle, children, foot, width, initialFocus, finalFocus }: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  // Where one touches, the keyboard would cover what the dialog says.
  const first = (by: string) => (by !== "touch" && body.current?.querySelector<HTMLElement>(fields)) || popup.current;
  return (
    <Base.Root
      open={open}
      onOpenChange={(next, details) => {
        // A press on a toast, such as its Undo, leaves the dialog open.
        if (details.reason === "outside-press" && details.event.target instanceof Element && details.event.target.closest(".toasts")) details.cancel();
        else if (!next) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="scrim-back" />
        <Base.Viewport className="scrim">
          <Base.Popup ref={popup} className="dialog" data-small={(width && width <= 480) || undefined} style={width ? { inlineSize: `min(${width}px, 100%)` } : undefined} initialFocus={initialFocus ?? first} finalFocus={finalFocus}>
            <header className="dialog-head">
              <div>
                <Base.Title>{title}</Base.Title>
                {subtitle && <Base.Description className="meta">{subtitle}</Base.Description>}
              </div>
              <Base.Close render={<IconButton icon={X} label={t("app.close")} className="push" />} />
            </header>
            <div ref={body} className="dialog-body">
              {children}
            </div>
            {foot && <footer className="dialog-foot">{foot}</footer>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

type ConfirmProps = {
  open: boolean;
  onClose: () => void;
  /** Carries it out. The dialog closes when it succeeds and shows the message of a failure. */
  onConfirm: () => Promise<unknown>;
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
};

/** Asks before what cannot be undone, and names what will happen. */
export function Confirm({ open, onClose, onConfirm, title, children, action, danger = true }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const go = async () => {
    setBusy(true);
    setFault("");
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setFault(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      width={440}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind={danger ? "danger" : "primary"} busy={busy} onClick={() => void go()}>
            {action}
          </Button>
        </>
      }
    >
      <div className="prose">{children}</div>
      {fault && (
        <p className="banner" data-tone="danger" role="alert">
          {fault}
        </p>
      )}
    </Dialog>
  );
}
