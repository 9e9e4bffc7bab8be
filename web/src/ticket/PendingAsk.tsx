import { tn, t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

export type PendingChoice = "send" | "keep" | "cancel";
export type Pending = { count: number; choose: (choice: PendingChoice) => void };

/** Asks what becomes of scheduled messages before a ticket is solved or closed. */
export function PendingAsk({ pending, onClose }: { pending: Pending; onClose: () => void }) {
  const choose = (choice: PendingChoice) => {
    onClose();
    pending.choose(choice);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={tn("ticket.pending.title", pending.count)}
      width={480}
      foot={
        <>
          <Button kind="danger" onClick={() => choose("cancel")}>
            {t("ticket.pending.cancel")}
          </Button>
          <span className="push" />
          <Button onClick={() => choose("keep")}>{t("ticket.pending.keep")}</Button>
          <Button kind="primary" onClick={() => choose("send")}>
            {t("ticket.pending.send")}
          </Button>
        </>
      }
    >
      <p className="prose">{t("ticket.pending.text")}</p>
    </Dialog>
  );
}
