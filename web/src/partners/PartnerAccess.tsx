import { useQuery } from "@tanstack/react-query";
import { t } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { ticketPartners } from "./api";
import { live, stateOf, wayOf } from "./linkWords";
import { crossing } from "./words";

/** The share dialog's lines about other desks that have a copy of the ticket, and what crosses to them. */
export function PartnerAccess({ number }: { number: number }) {
  const links = (useQuery(ticketPartners(number)).data?.items ?? []).filter((l) => live(l.state));
  if (links.length === 0) return null;
  return (
    <ul className="share-rows" aria-label={t("partners.desks")}>
      {links.map((l) => {
        const name = l.partner.name;
        const state = stateOf(l.state, name);
        return (
          <li key={l.id} className="who">
            <Avatar name={l.partner.host} kind="partner" outside />
            <span className="grow">
              <span className="clip strong">{wayOf(l.direction, name).text}</span>
              <span className="meta clip">{[l.partner.host, crossing(l.terms)].join(" · ")}</span>
            </span>
            <Badge tone={state.tone} icon={state.icon}>
              {state.text}
            </Badge>
          </li>
        );
      })}
    </ul>
  );
}
