import { t } from "@/app/i18n";
import { Keys } from "@/ui/Button";
import { Empty } from "@/ui/states";

/** The place of the ticket while none is open. */
export function NoTicket() {
  return (
    <aside className="pane no-ticket" aria-label={t("tickets.none.title")}>
      <Empty title={t("tickets.none.title")}>
        {t("tickets.none.text")}{" "}
        <span className="no-ticket-keys">
          <Keys of="j" /> <Keys of="k" /> <Keys of="o" />
        </span>
      </Empty>
    </aside>
  );
}
