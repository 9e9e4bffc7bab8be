import { Check, Pause, Timer, TimerOff } from "lucide-react";
import type { Ticket } from "@/api/queries";
import { type Key, t } from "@/app/i18n";
import { ago, exact } from "@/app/time";
import { Badge } from "@/ui/Badge";
import { When, useNow } from "@/ui/When";

type SLA = NonNullable<Ticket["sla"]>;
type Clock = SLA["clocks"][number];

/** What the ticket is promised, and how it stands with each. */
export function ServiceLevel({ ticket }: { ticket: Ticket }) {
  const sla = ticket.sla;
  if (!sla || sla.clocks.length === 0) return null;
  return (
    <section className="block" aria-labelledby="sla-h">
      <div className="section-head">
        <h2 id="sla-h">{t("ticket.sla")}</h2>
      </div>
      <dl className="props">
        {sla.policy && (
          <>
            <dt>{t("ticket.sla.policy")}</dt>
            <dd>{sla.policy.name}</dd>
          </>
        )}
        {sla.clocks.map((c) => (
          <div key={c.kind} className="sla-clock">
            <dt>{t(`tickets.sla.${c.kind}` as Key)}</dt>
            <dd>
              <Standing of={c} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Standing({ of: c }: { of: Clock }) {
  const now = useNow();
  if (c.ended_at) {
    return (
      <Badge tone={c.late ? "danger" : "ok"} icon={c.late ? TimerOff : Check} title={exact(c.ended_at)}>
        {c.late ? t("ticket.sla.late") : t("ticket.sla.kept")}
      </Badge>
    );
  }
  if (c.due_at) {
    const left = Date.parse(c.due_at) - now;
    return (
      <>
        <Badge tone={left <= 0 ? "danger" : left < 3_600_000 ? "warn" : "neutral"} icon={left <= 0 ? TimerOff : Timer}>
          {left <= 0 ? t("ticket.sla.overdue", { when: ago(c.due_at, "short", now) }) : t("ticket.sla.due", { when: ago(c.due_at, "short", now) })}
        </Badge>{" "}
        <When at={c.due_at} as="stamp" className="meta" />
      </>
    );
  }
  return (
    <Badge tone={c.late ? "danger" : "neutral"} icon={c.late ? TimerOff : Pause}>
      {c.late ? t("ticket.sla.late") : t("ticket.sla.paused")}
    </Badge>
  );
}
