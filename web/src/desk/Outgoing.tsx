import { RotateCw, Settings2 } from "lucide-react";
import { useState } from "react";
import { call, client, once } from "@/api/client";
import { t } from "@/app/i18n";
import { MailState, mailKind, mailStates, whyNot } from "@/ticket/mailState";
import { Button, IconButton } from "@/ui/Button";
import { Page, Section } from "@/ui/Page";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { Table, usePages } from "@/ui/Table";
import { When } from "@/ui/When";
import { AboutTicket } from "./Jobs";
import { MailServer, ServerState, useMailServer } from "./MailServer";
import { Signing } from "./Signing";
import { useFilters } from "./filters";
import { RowName, useDo } from "./parts";

const key = ["desk", "mails"];

/** Mail that leaves: the server it leaves by, the keys that sign it, and what became of it. */
export function Outgoing() {
  return (
    <Page title={t("app.admin.outgoing")} lead={t("desk.outgoing.lead")}>
      <Server />
      <Signing />
      <Log />
    </Page>
  );
}

function Server() {
  const server = useMailServer(undefined);
  const [open, setOpen] = useState(false);
  return (
    <Section
      title={t("desk.server.title_all")}
      lead={t("desk.server.lead_all")}
      actions={
        <Button size="sm" icon={Settings2} onClick={() => setOpen(true)}>
          {server.data ? t("app.edit") : t("desk.server.set")}
        </Button>
      }
    >
      {server.error && <Failed error={server.error} retry={() => void server.refetch()} />}
      {server.isPending && <Skeleton lines={2} />}
      {server.data === null && <p className="meta">{t("desk.server.none")}</p>}
      {server.data && (
        <>
          <p className="mono">
            {server.data.host}:{server.data.port}
          </p>
          <ServerState of={server.data} />
        </>
      )}
      {open && <MailServer onClose={() => setOpen(false)} />}
    </Section>
  );
}

function Log() {
  const [filters, setFilters] = useFilters("/admin/outgoing", ["state"]);
  const state = mailStates.find((s) => s === filters.state);
  const list = usePages([...key, state], (cursor) => call(client.GET("/mails", { params: { query: { ...cursor, ...(state ? { state } : {}) } } })), 10_000);
  const doIt = useDo(key);
  const again = (m: (typeof list.items)[number]) => {
    const number = m.ticket?.number;
    return doIt(
      () =>
        number
          ? call(client.POST("/tickets/{number}/mails/{id}/retry", { params: { path: { number, id: m.id } }, headers: once() }))
          : call(client.POST("/mails/{id}/retry", { params: { path: { id: m.id } }, headers: once() })),
      t("app.mails.retried"),
    );
  };
  return (
    <Section title={t("desk.outgoing.log")} lead={t("desk.outgoing.log_lead")}>
      <div className="tabs" role="group" aria-label={t("desk.outgoing.show")}>
        <button type="button" className="tab" aria-pressed={!state} onClick={() => setFilters({ state: "" })}>
          {t("desk.jobs.all")}
        </button>
        {mailStates.map((s) => (
          <button key={s} type="button" className="tab" aria-pressed={state === s} onClick={() => setFilters({ state: s })}>
            {t(`app.mails.state.${s}`)}
          </button>
        ))}
      </div>
      <Table
        label={t("desk.outgoing.log")}
        list={list}
        rows={list.items}
        id={(m) => m.id}
        empty={
          <Empty title={t("desk.outgoing.empty")} drawing="done">
            {t("desk.outgoing.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("app.mails.to"), cell: (m) => <RowName name={<span className="mail-to">{m.to || t("desk.outgoing.hidden")}</span>} under={m.ticket ? <AboutTicket of={m.ticket} /> : m.person?.name} /> },
          { label: t("app.mails.kind"), cell: (m) => mailKind(m.kind) },
          { label: t("desk.state"), cell: (m) => <MailState of={m.state} /> },
          { label: t("desk.held.why"), cell: (m) => <span className="server-said">{whyNot(m)}</span> },
          { label: t("desk.when"), cell: (m) => <When at={m.updated_at} />, num: true, nowrap: true },
        ]}
        end={(m) =>
          m.retryable && (
            <IconButton icon={RotateCw} label={t("app.mails.retry_to", { name: m.to })} onClick={() => void again(m)} />
          )
        }
      />
    </Section>
  );
}
