import { Check, CircleAlert, Clock, RotateCw, Slash } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client, once } from "@/api/client";
import { type Key, t, tn } from "@/app/i18n";
import { size } from "@/app/time";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Section } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { Table, usePages } from "@/ui/Table";
import { AboutTicket } from "./Jobs";
import { useFilters } from "./filters";
import { RowName, useDo } from "./parts";
import { eventName } from "./webhookForm";

type Delivery = Schema<"Delivery">;
const states: Delivery["state"][] = ["waiting", "delivered", "failed", "dropped"];
const name = (kind: string) => (kind === "webhook.test" ? t("desk.webhooks.test_event") : eventName(kind));

/** The log of a webhook: what became of each event. */
export function Deliveries({ hook }: { hook: number }) {
  const [filters, setFilters] = useFilters(`/admin/webhooks/${hook}`, ["state"]);
  const state = states.find((s) => s === filters.state);
  const setState = (next?: string) => setFilters({ state: next ?? "" });
  const [open, setOpen] = useState<Delivery>();
  const key = ["desk", "deliveries", hook];
  const list = usePages([...key, state], (cursor) => call(client.GET("/webhooks/{id}/deliveries", { params: { path: { id: hook }, query: { ...cursor, ...(state ? { state } : {}) } } })), 5000);
  const doIt = useDo(key);
  const retry = (d: Delivery) => doIt(() => call(client.POST("/webhooks/{id}/deliveries/{delivery}/retry", { params: { path: { id: hook, delivery: d.id } }, headers: once() })), t("desk.deliveries.sent"));
  return (
    <Section
      title={t("desk.deliveries.title")}
      actions={
        <div className="tabs" role="group" aria-label={t("desk.deliveries.show")}>
          <button type="button" className="tab" aria-pressed={!state} onClick={() => setState()}>
            {t("desk.jobs.all")}
          </button>
          {states.map((s) => (
            <button key={s} type="button" className="tab" aria-pressed={state === s} onClick={() => setState(s)}>
              {t(`desk.deliveries.${s}` as Key)}
            </button>
          ))}
        </div>
      }
    >
      <Table
        label={t("desk.deliveries.title")}
        list={list}
        rows={list.items}
        id={(d) => d.id}
        empty={<Empty title={t("desk.deliveries.empty")}>{t("desk.deliveries.empty_text")}</Empty>}
        columns={[
          { label: t("desk.jobs.what"), cell: (d) => <RowName name={name(d.kind)} under={<AboutTicket of={d.ticket} />} onOpen={() => setOpen(d)} /> },
          { label: t("desk.state"), cell: (d) => <DeliveryState of={d} /> },
          { label: t("desk.webhooks.answer"), cell: (d) => d.status ?? d.error },
          { label: t("desk.jobs.tries"), cell: (d) => d.attempts, num: true },
          { label: t("desk.when"), cell: (d) => <When at={d.tried_at ?? d.created_at} as="ago" />, num: true, nowrap: true },
        ]}
        end={(d) =>
          d.state !== "delivered" && (
            <Button size="sm" onClick={() => void retry(d)}>
              {t("desk.jobs.retry")}
            </Button>
          )
        }
      />
      {open && (
        <Dialog
          open
          onClose={() => setOpen(undefined)}
          title={name(open.kind)}
          foot={
            <>
              <span className="push" />
              <Button icon={RotateCw} onClick={() => void retry(open).then(() => setOpen(undefined))}>
                {t("desk.deliveries.again")}
              </Button>
            </>
          }
        >
          <Detail of={open} />
        </Dialog>
      )}
    </Section>
  );
}

function DeliveryState({ of: d }: { of: Delivery }) {
  const look = { waiting: ["warn", Clock], delivered: ["ok", Check], failed: ["danger", CircleAlert], dropped: ["neutral", Slash] } as const;
  const [tone, icon] = look[d.state];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`desk.deliveries.${d.state}` as Key)}
    </Badge>
  );
}

function Detail({ of: d }: { of: Delivery }) {
  const facts: [string, React.ReactNode][] = [
    [t("desk.state"), <DeliveryState key="s" of={d} />],
    [t("desk.ticket"), d.ticket ? <AboutTicket key="t" of={d.ticket} /> : null],
    [t("desk.webhooks.answer"), d.status],
    [t("desk.jobs.error"), d.error],
    [t("desk.jobs.tries"), d.attempts],
    [t("desk.deliveries.next"), d.next_at && <When key="n" at={d.next_at} as="exact" />],
    [t("desk.webhooks.took"), d.attempts > 0 ? tn("desk.ms", d.duration_ms) : null],
    [t("desk.held.size"), d.size > 0 ? size(d.size) : null],
    [t("desk.jobs.made"), <When key="c" at={d.created_at} as="exact" />],
    ["webhook-id", <span key="i" className="mono">{d.message_id}</span>],
    ["SHA-256", d.digest && <span key="d" className="mono">{d.digest}</span>],
  ];
  return (
    <dl className="desk-facts">
      {facts
        .filter(([, value]) => value !== null && value !== "" && value !== undefined)
        .map(([label, value]) => (
          <div key={label} className="desk-fact">
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
