import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight } from "lucide-react";
import type { Ticket } from "@/api/queries";
import { locale, t } from "@/app/i18n";
import { Icon } from "@/ui/Icon";
import { partnersOf } from "./PartnerMarks";
import { ticketPartners } from "./api";
import { crosses, live } from "./linkWords";
import { useWaiting } from "./waiting";

type Props = { ticket: Ticket; kind: "reply" | "note" | "local_note"; onLocal: (() => void) | undefined };

/** The composer's line about other desks: which of them a message goes to, and whom the ticket will be shared with. */
export function Crossing({ ticket, kind, onLocal }: Props) {
  const shared = partnersOf(ticket).some((m) => live(m.state));
  const links = useQuery({ ...ticketPartners(ticket.number), enabled: shared }).data?.items ?? [];
  const waiting = useWaiting(ticket.number).partners.map((p) => p.name);
  const names = crosses(links, kind);
  const list = (all: string[]) => new Intl.ListFormat(locale(), { type: "conjunction" }).format(all);
  if (names.length === 0 && waiting.length === 0) return null;
  return (
    <div className="composer-crossing" data-tone="out">
      {names.length > 0 && (
        <p>
          <Icon of={ArrowUpRight} small /> {t("ticket.partner.goes", { names: list(names) })}{" "}
          {kind === "note" && onLocal && (
            <button type="button" className="a" onClick={onLocal}>
              {t("ticket.partner.stays")}
            </button>
          )}
        </p>
      )}
      {waiting.length > 0 && (
        <p>
          <Icon of={ArrowUpRight} small /> {t("ticket.partner.with_send", { names: list(waiting) })}
        </p>
      )}
    </div>
  );
}
