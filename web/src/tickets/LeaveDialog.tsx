import type { Row } from "@/api/queries";
import { t } from "@/app/i18n";
import { Confirm } from "@/ui/Dialog";
import { toast } from "@/ui/toast";
import { type Wanted, leave, putRows, refreshLists } from "./api";

/** Asks before a share with oneself is ended, since only others can bring it back. */
export function LeaveDialog({ row, list, onClose }: { row: Row; list: Wanted; onClose: () => void }) {
  return (
    <Confirm
      open
      onClose={onClose}
      title={t("tickets.leave.ask", { subject: row.subject })}
      action={t("tickets.leave")}
      onConfirm={async () => {
        await leave(row.number);
        putRows(list, (other) => (other.number === row.number ? undefined : other));
        toast(t("tickets.leave.done"));
        void refreshLists();
      }}
    >
      <p>{t("tickets.leave.text")}</p>
    </Confirm>
  );
}
