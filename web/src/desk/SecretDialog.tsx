import { type ReactNode, useState } from "react";
import { t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { SecretBox } from "./parts";

/** A secret that is shown this once. Escape and a press outside close it only at the second time, so that it is not lost by a slip. */
export function SecretDialog({ title, label, secret, onClose, children }: { title: string; label: string; secret: string; onClose: () => void; children: ReactNode }) {
  const [warned, setWarned] = useState(false);
  return (
    <Dialog
      open
      onClose={() => (warned ? onClose() : setWarned(true))}
      title={title}
      foot={
        <>
          <span className="push" />
          <Button kind="primary" onClick={onClose}>
            {t("app.done")}
          </Button>
        </>
      }
    >
      {children}
      <SecretBox secret={secret} label={label} />
      {warned && (
        <p className="banner" data-tone="warn" role="alert">
          {t("desk.secret_once")}
        </p>
      )}
    </Dialog>
  );
}
