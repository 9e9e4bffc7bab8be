import { ArrowUpRight, Check, CircleAlert, Clock, Pause, RotateCw } from "lucide-react";
import { useState } from "react";
import { known, t, tn } from "@/app/i18n";
import { AboutTicket } from "@/desk/Jobs";
import { useFilters } from "@/desk/filters";
import { RowName, useDo } from "@/desk/parts";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Icon } from "@/ui/Icon";
import { Section } from "@/ui/Page";
import { Table, usePages } from "@/ui/Table";
import { When, useNow } from "@/ui/When";
import { Empty } from "@/ui/states";
import { deliveries, partnersKey, retryDelivery } from "./api";
import type { Delivery, DeliveryState, Partner } from "./types";
import { nextTry } from "./words";

const states: DeliveryState[] = ["waiting", "done", "failed", "paused"];

/** What a message to a partner is. */
const kindName = (kind: string) => {
  const key = `partners.sent.${kind}`;
  return known(key) ? t(key) : kind;
};

/** What went to a partner, in order, with the reason of each failure and a way to try again. */
export function Log({ of: p }: { of: Partner }) {
  const [filters, setFilters] = useFilters(`/admin/partners/${p.id}`, ["log"]);
  const state = states.find((s) => s === filters.log);
  const [open, setOpen] = useState<Delivery>();
  const key = [...partnersKey, p.id, "deliveries"];
  const list = usePages([...key, state], (cursor) => deliveries(p.id, state, cursor), 5000);
  const doIt = useDo(partnersKey);
  const retry = (d: Delivery) => doIt(() => retryDelivery(p.id, d.id), t("partners.retried"));
  return (
    <Section
      title={t("partners.log")}
      actions={
        <div className="tabs" role="group" aria-label={t("partners.log_show")}>
          {[undefined, ...states].map((s) => (
            <button key={s ?? "all"} type="button" className="tab" aria-pressed={state === s} onClick={() => setFilters({ log: s ?? "" })}>
              {t(`partners.log.${s ?? "all"}`)}
            </button>
          ))}
        </div>
      }
    >
      <Table
        label={t("partners.log")}
        list={list}
        rows={list.items}
        id={(d) => d.id}
        empty={<Empty title={t(state ? "partners.log_none" : "partners.log_empty")} drawing={state ? "done" : "tray"} />}
        columns={[
          {
            label: t("partners.log_what"),
            cell: (d) => (
              <span className="partner-named">
                <Icon of={ArrowUpRight} />
                <RowName name={kindName(d.kind)} under={<AboutTicket of={d.ticket} />} onOpen={() => setOpen(d)} />
              </span>
            ),
          },
          { label: t("partners.state"), cell: (d) => <State of={d} /> },
          { label: t("partners.answer"), cell: (d) => d.error || (d.status_code ? String(d.status_code) : "") },
          { label: t("partners.tries"), cell: (d) => d.attempts, num: true },
          { label: t("partners.when"), cell: (d) => <When at={d.tried_at ?? d.created_at} as="ago" />, num: true, nowrap: true },
        ]}
        end={(d) =>
          d.state !== "done" &&
          d.state !== "paused" && (
            <Button size="sm" aria-label={t("partners.retry_named", { what: kindName(d.kind) })} onClick={() => void retry(d)}>
              {t("app.retry")}
            </Button>
          )
        }
      />
      {open && (
        <Dialog
          open
          onClose={() => setOpen(undefined)}
          title={kindName(open.kind)}
          foot={
            <>
              <span className="push" />
              {open.state !== "done" && open.state !== "paused" && (
                <Button icon={RotateCw} onClick={() => void retry(open).then(() => setOpen(undefined))}>
                  {t("app.retry")}
                </Button>
              )}
              <Button kind="primary" onClick={() => setOpen(undefined)}>
                {t("app.done")}
              </Button>
            </>
          }
        >
          <dl className="desk-facts">
            <dt>{t("partners.state")}</dt>
            <dd>
              <State of={open} />
            </dd>
            {open.ticket && (
              <>
                <dt>{t("partners.ticket")}</dt>
                <dd>
                  <AboutTicket of={open.ticket} />
                </dd>
              </>
            )}
            <dt>{t("partners.answer")}</dt>
            <dd>{open.status_code || t("partners.no_answer")}</dd>
            <dt>{t("partners.tries")}</dt>
            <dd>{open.attempts}</dd>
            {open.attempts > 0 && (
              <>
                <dt>{t("partners.took")}</dt>
                <dd>{tn("desk.ms", open.ms)}</dd>
              </>
            )}
            <dt>{t("partners.made")}</dt>
            <dd>
              <When at={open.created_at} as="exact" />
            </dd>
          </dl>
          {open.error && <pre className="desk-error">{open.error}</pre>}
        </Dialog>
      )}
    </Section>
  );
}

function State({ of: d }: { of: Delivery }) {
  const now = useNow();
  if (d.state === "done") {
    return (
      <Badge tone="ok" icon={Check}>
        {t("partners.log.done")}
      </Badge>
    );
  }
  if (d.state === "failed") {
    return (
      <Badge tone="danger" icon={CircleAlert}>
        {t("partners.log.failed")}
      </Badge>
    );
  }
  if (d.state === "paused") return <Badge icon={Pause}>{t("partners.log.paused")}</Badge>;
  const next = d.attempts > 0 && d.next_at ? nextTry(d.next_at, now) : t("partners.log.waiting");
  return (
    <Badge tone={d.attempts > 0 ? "warn" : "neutral"} icon={Clock}>
      {next}
    </Badge>
  );
}
