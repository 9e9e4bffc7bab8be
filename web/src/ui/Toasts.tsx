import { Check, CircleAlert, X } from "lucide-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { t } from "@/app/i18n";
import { IconButton } from "./Button";
import { Icon } from "./Icon";
import { Keys } from "./Tip";
import { type ToastItem, dropToast, toasts } from "./toast";

const shownFor = 8000;

/**
 * The toasts, at the bottom left; on a phone above the bottom bar and never over Send. They stand beside the page, so that
 * they are read out and can be pressed while a dialog is open.
 */
export function Toasts() {
  const items = useSyncExternalStore(toasts.subscribe, toasts.get);
  return createPortal(
    <section className="toasts" aria-label={t("app.toasts")}>
      <div role="status" aria-live="polite" className="toasts-said">
        {items
          .filter((i) => !i.error)
          .map((item) => (
            <OneToast key={item.id} item={item} newest={items.at(-1) === item} />
          ))}
      </div>
      <div role="alert" aria-live="assertive" className="toasts-said">
        {items
          .filter((i) => i.error)
          .map((item) => (
            <OneToast key={item.id} item={item} newest={false} />
          ))}
      </div>
    </section>,
    document.body,
  );
}

/** One line. Its time stands still while the pointer or the focus is on it and while the tab is hidden (WCAG 2.2.1). */
function OneToast({ item, newest }: { item: ToastItem; newest: boolean }) {
  const [held, setHeld] = useState(false);
  const left = useRef(shownFor);
  useEffect(() => {
    if (item.error) return undefined;
    const timer = setInterval(() => {
      if (held || document.hidden) return;
      left.current -= 250;
      if (left.current <= 0) dropToast(item.id);
    }, 250);
    return () => clearInterval(timer);
  }, [item, held]);
  const act = item.undo ? { label: t("app.undo"), run: item.undo } : item.action;
  return (
    <div className="toast" onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)} onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}>
      <Icon of={item.error ? CircleAlert : Check} />
      <span className="toast-text">{item.text}</span>
      {act && (
        <button
          type="button"
          onClick={() => {
            dropToast(item.id);
            void act.run();
          }}
        >
          {act.label}
          {item.undo && newest && <Keys of="z" />}
        </button>
      )}
      <IconButton icon={X} label={t("app.close")} onClick={() => dropToast(item.id)} />
    </div>
  );
}
