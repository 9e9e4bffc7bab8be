import { useQuery } from "@tanstack/react-query";
import { Check, CircleAlert, Clock, RotateCw, Slash } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client, once } from "@/api/client";
import { type Key, t, tn } from "@/app/i18n";
import { ago, size } from "@/app/time";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Section } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { AboutTicket } from "./AboutTicket";
import { useFilters } from "./machinery";
import { DeskTable, RowName, useDo, usePages } from "./parts";
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
  const retry = (d: Delivery) => doIt(() => call(client.POST("/webhooks/{id}/deliveries/{delivery}/retry", { params: { path: { id: hook, delivery: d.id } }, headers: once() })), t("desk.webhooks.log.sent"));
  return (
    <Section
      title={t("desk.webhooks.log.title")}
      actions={
        <div className="tabs" role="group" aria-label={t("desk.webhooks.log.show")}>
          <button type="button" className="tab" aria-pressed={!state} onClick={() => setState(undefined)}>
            {t("desk.webhooks.log.all")}
          </button>
          {states.map((s) => (
            <button key={s} type="button" className="tab" aria-pressed={state === s} onClick={() => setState(s)}>
              {t(`desk.webhooks.log.${s}` as Key)}
            </button>
          ))}
        </div>
      }
    >
      <DeskTable
        label={t("desk.webhooks.log.title")}
        list={list}
        rows={list.items}
        id={(d) => d.id}
        empty={<Empty title={t("desk.webhooks.log.empty")}>{t("desk.webhooks.log.empty_text")}</Empty>}
        columns={[
          { label: t("desk.webhooks.log.event"), cell: (d) => <RowName name={name(d.kind)} under={<AboutTicket of={d.ticket} />} onOpen={() => setOpen(d)} /> },
          { label: t("desk.webhooks.state"), cell: (d) => <DeliveryState of={d} /> },
          { label: t("desk.webhooks.answer"), cell: (d) => d.status ?? d.error },
          { label: t("desk.webhooks.log.tries"), cell: (d) => d.attempts, num: true },
          { label: t("desk.webhooks.when"), cell: (d) => <When at={d.tried_at ?? d.created_at} as="ago" />, num: true, nowrap: true },
        ]}
        end={(d) =>
          d.state !== "delivered" && (
            <Button size="sm" onClick={() => void retry(d)}>
              {t("desk.webhooks.log.retry")}
            </Button>
          )
        }
      />
      {open && <DeliveryDialog key={open.id} hook={hook} of={open} onClose={() => setOpen(undefined)} onRetry={() => retry(open)} />}
    </Section>
  );
}

/** One event on its way: what came of the last try, and when the next is. It stays open while it is sent once more. */
function DeliveryDialog({ hook, of, onClose, onRetry }: { hook: number; of: Delivery; onClose: () => void; onRetry: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const path = { params: { path: { id: hook, delivery: of.id } } };
  const d = useQuery({ queryKey: ["desk", "deliveries", hook, "one", of.id], queryFn: () => call(client.GET("/webhooks/{id}/deliveries/{delivery}", path)), initialData: of, refetchInterval: 3000 }).data;
  return (
    <Dialog
      open
      onClose={onClose}
      title={name(d.kind)}
      foot={
        <>
          <span className="push" />
          <Button icon={RotateCw} busy={busy} onClick={() => (setBusy(true), void onRetry().finally(() => setBusy(false)))}>
            {t("desk.webhooks.log.again")}
          </Button>
        </>
      }
    >
      <Detail of={d} />
      <p className="meta">{t("desk.webhooks.log.not_kept")}</p>
    </Dialog>
  );
}

function DeliveryState({ of: d }: { of: Delivery }) {
  const look = { waiting: ["warn", Clock], delivered: ["ok", Check], failed: ["danger", CircleAlert], dropped: ["neutral", Slash] } as const;
  const [tone, icon] = look[d.state];
  return (
    <Badge tone={tone} icon={icon}>
      {d.state === "waiting" && d.attempts > 0 && d.next_at ? t("desk.webhooks.log.next_in", { when: ago(d.next_at) }) : t(`desk.webhooks.log.${d.state}` as Key)}
    </Badge>
  );
}

function Detail({ of: d }: { of: Delivery }) {
  const facts: [string, React.ReactNode][] = [
    [t("desk.webhooks.state"), <DeliveryState key="s" of={d} />],
    [t("desk.jobs.ticket"), d.ticket ? <AboutTicket key="t" of={d.ticket} /> : null],
    [t("desk.webhooks.answer"), d.status],
    [t("desk.webhooks.log.error"), d.error || (d.state === "dropped" ? t("desk.webhooks.log.dropped_text") : "")],
    [t("desk.webhooks.log.tries"), d.attempts],
    [t("desk.webhooks.log.next"), d.next_at && <When key="n" at={d.next_at} as="exact" />],
    [t("desk.webhooks.took"), d.attempts > 0 ? tn("desk.webhooks.ms", d.duration_ms) : null],
    [t("desk.webhooks.log.size"), d.size > 0 ? size(d.size) : null],
    [t("desk.webhooks.log.made"), <When key="c" at={d.created_at} as="exact" />],
    ["webhook-id", <span key="i" className="mono">{d.message_id}</span>],
    ["SHA-256", d.digest && <span key="d" className="mono">{d.digest}</span>],
  ];
  return (
    <dl className="desk-facts">
      {facts
        .filter(([, value]) => value !== null && value !== "" && value !== undefined)
        .map(([label, value]) => (
          <div key={label} style={{ display: "contents" }}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
