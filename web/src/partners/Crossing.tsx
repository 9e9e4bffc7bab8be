import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight } from "lucide-react";
import type { Ticket } from "@/api/queries";
import { locale, t } from "@/app/i18n";
import { Check } from "@/ui/Field";
import { Icon } from "@/ui/Icon";

import { ticketPartners } from "./api";
import { crosses, live, wantMark } from "./linkWords";
import { partnersOf } from "./of";
import { setWaiting, useWaiting } from "./waiting";

type Props = { ticket: Ticket; kind: "reply" | "note" | "local_note"; onLocal: (() => void) | undefined; marked: boolean; onMark: (on: boolean) => void };

/** The composer's line about other desks: which of them a message goes to, and whom the ticket will be shared with. */
export function Crossing({ ticket, kind, onLocal, marked, onMark }: Props) {
  const shared = partnersOf(ticket).some((m) => live(m.state) || m.state === "closed");
  const found = useQuery({ ...ticketPartners(ticket.number), enabled: shared }).data;
  const links = found?.items ?? [];
  const waits = useWaiting(ticket.number);
  const waiting = waits.partners.map((p) => p.name);
  // Whoever has closed their copy is asked again as a follow-up (S4-27).
  const closed = kind === "reply" ? (found?.choices ?? []).filter((c) => !waits.partners.some((w) => w.id === c.id) && links.some((l) => l.partner.id === c.id && l.state === "closed")) : [];
  const names = crosses(links, kind);
  const choosy = wantMark(links, kind);
  const list = (all: string[]) => new Intl.ListFormat(locale(), { type: "conjunction" }).format(all);
  if (names.length + choosy.length + waiting.length + closed.length === 0) return null;
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
      {choosy.length > 0 && (
        <Check checked={marked} onChange={(e) => onMark(e.target.checked)}>
          {t("ticket.partner.mark", { names: list(choosy) })}
        </Check>
      )}
      {closed.map((c) => (
        <p key={c.id}>
          {t("ticket.partner.has_closed", { name: c.name })}{" "}
          <button type="button" className="a" onClick={() => setWaiting(ticket.number, { ...waits, partners: [...waits.partners, { id: c.id, name: c.name }] })}>
            {t("ticket.partner.follow_up")}
          </button>
        </p>
      ))}
      {waiting.length > 0 && (
        <p>
          <Icon of={ArrowUpRight} small /> {t("ticket.partner.with_send", { names: list(waiting) })}
        </p>
      )}
    </div>
  );
}
