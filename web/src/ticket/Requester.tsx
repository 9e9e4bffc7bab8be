import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call, client } from "@/api/client";
import type { Ticket } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { useMay } from "@/app/session";
import { Avatar } from "@/ui/Avatar";
import { ComesBack } from "./ComesBack";
import { departments, ticketsOf } from "./api";
import { statusName } from "./describe";

/** Who asked, and what else they asked that one may see. */
export function Requester({ ticket }: { ticket: Ticket }) {
  const person = ticket.requester;
  // Who asked on another desk is nobody here.
  const foreign = ticket.partners.find((m) => m.direction === "received" && m.requester);
  const mayPeople = useMay("people.manage");
  const whole = useQuery({ queryKey: ["person", person.id], queryFn: () => call(client.GET("/people/{id}", { params: { path: { id: person.id } } })), retry: false }).data;
  const company = useQuery({ queryKey: ["company", whole?.company_id], queryFn: () => call(client.GET("/companies/{id}", { params: { path: { id: whole?.company_id ?? 0 } } })), enabled: !!whole?.company_id, retry: false }).data;
  const rooms = useQuery({ ...departments, enabled: !!whole?.department_id }).data?.items;
  const others = (useQuery(ticketsOf(person.id)).data?.items ?? []).filter((x) => x.number !== ticket.number);
  const filter = JSON.stringify({ field: "requester", op: "is", value: person.id });
  return (
    <section className="block" aria-labelledby="requester-h">
      <div className="section-head">
        <h2 id="requester-h">{t("ticket.requester")}</h2>
      </div>
      <div className="who">
        <Avatar name={foreign?.requester ?? (person.name || person.address)} outside={!!foreign} />
        <span className="grow">
          {foreign ? (
            <span className="clip strong">{foreign.requester}</span>
          ) : mayPeople ? (
            <Link to={`/admin/people/${person.id}` as "/admin"} className="clip strong">
              {person.name}
            </Link>
          ) : (
            <span className="clip strong">{person.name}</span>
          )}
          {foreign ? <span className="meta clip">{t("ticket.partner.via", { name: foreign.partner.name })}</span> : person.address && <span className="meta clip">{person.address}</span>}
        </span>
      </div>
      <ComesBack person={whole} />
      <dl className="props">
        {company && (
          <>
            <dt>{t("ticket.company")}</dt>
            <dd>{company.name}</dd>
          </>
        )}
        {whole?.department_id && (
          <>
            <dt>{t("ticket.field.department")}</dt>
            <dd>{rooms?.find((r) => r.id === whole.department_id)?.name}</dd>
          </>
        )}
        <dt>{t("ticket.tickets")}</dt>
        <dd>
          {others.length > 0 ? (
            <Link to="/tickets" search={{ view: "all", state: "any", filter }} className="a">
              {others.length > 4 ? t("ticket.others_many") : tn("ticket.others", others.length)}
            </Link>
          ) : (
            <span className="meta">{t("ticket.others_none")}</span>
          )}
        </dd>
      </dl>
      <ul className="others">
        {others.slice(0, 4).map((o) => (
          <li key={o.number}>
            <Link to="/tickets/$number" params={{ number: o.number }} search={(s) => s} className="clip">
              <span className="meta num">#{o.number}</span> {o.subject}
            </Link>
            <span className="meta">{statusName(o.status)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
