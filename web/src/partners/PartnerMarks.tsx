import type { Ticket } from "@/api/queries";
import { t } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { live, stateOf, wayOf } from "./linkWords";
import { partnersOf } from "./of";

/** Under the title: to or from which desk a ticket is shared, its number there, and where that does not go well (S4-06 to S4-08). */
export function PartnerMarks({ ticket }: { ticket: Ticket }) {
  return partnersOf(ticket).map((m) => {
    const name = m.partner.name;
    const way = wayOf(m.direction, name);
    const state = stateOf(m.state, name);
    if (m.state === "ended" || m.state === "detached") return null;
    return (
      <span key={`${m.direction} ${m.partner.id}`} className="share-badges">
        <Badge tone={live(m.state) ? way.tone : "neutral"} icon={way.icon} title={t(m.direction === "sent" ? "ticket.partner.outbound_long" : "ticket.partner.inbound_long", { name })}>
          {way.text}
          {m.remote_number && <span className="mono"> {m.remote_number}</span>}
        </Badge>
        {m.state !== "synced" && (
          <Badge tone={state.tone} icon={state.icon}>
            {state.text}
          </Badge>
        )}
      </span>
    );
  });
}
