import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ban, CircleAlert, Clock, LoaderCircle, RotateCw } from "lucide-react";
import { ApiError, type Schema, call, client } from "@/api/client";
import { type Key, known, t } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Page } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty, Failed } from "@/ui/states";
import { Table, usePages } from "@/ui/Table";
import { useFilters } from "./filters";
import { RowName, useDo } from "./parts";

export type Job = Schema<"Job">;
const key = ["desk", "jobs"];
const states: Job["state"][] = ["dead", "running", "ready", "waiting", "cancelled"];

export const jobName = (kind: string) => (known(`desk.jobs.kind.${kind}`) ? t(`desk.jobs.kind.${kind}` as Key) : kind);

/** Work in the background: what waits, runs, is tried again, and what needs a look. It refreshes itself. */
export function Jobs() {
  const [filters, setFilters] = useFilters("/admin/jobs", ["state", "job"]);
  const state = states.find((s) => s === filters.state);
  const setState = (next?: string) => setFilters({ state: next ?? "" });
  const open = Number(filters.job) || undefined;
  const setOpen = (id?: number) => setFilters({ job: id ? String(id) : "" });
  const list = usePages([...key, "list", state], (cursor) => call(client.GET("/jobs", { params: { query: { ...cursor, ...(state ? { state } : {}) } } })), 4000);
  return (
    <Page title={t("app.admin.jobs")} lead={t("desk.jobs.lead")}>
      <div className="tabs" role="group" aria-label={t("desk.jobs.show")}>
        <button type="button" className="tab" aria-pressed={!state} onClick={() => setState()}>
          {t("desk.jobs.all")}
        </button>
        {states.map((s) => (
          <button key={s} type="button" className="tab" aria-pressed={state === s} onClick={() => setState(s)}>
            {t(`desk.jobs.state.${s}` as Key)}
          </button>
        ))}
      </div>
      <Table
        label={t("app.admin.jobs")}
        list={list}
        rows={list.items}
        id={(j) => j.id}
        empty={
          <Empty title={state ? t("desk.jobs.none") : t("desk.jobs.empty")} drawing="done">
            {t("desk.jobs.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("desk.jobs.what"), cell: (j) => <RowName name={jobName(j.kind)} under={<AboutTicket of={j.ticket} />} onOpen={() => setOpen(j.id)} /> },
          { label: t("desk.state"), cell: (j) => <JobState of={j} /> },
          { label: t("desk.jobs.tries"), cell: (j) => `${j.attempts} / ${j.max_attempts}`, num: true, nowrap: true },
          { label: t("desk.jobs.run_at"), cell: (j) => <When at={j.run_at} as="ago" />, num: true, nowrap: true },
        ]}
        end={(j) => <Acts of={j} />}
      />
      {open !== undefined && <JobDetail id={open} onClose={() => setOpen()} />}
    </Page>
  );
}

/** The ticket that a line is about. One that its reader cannot open says so and no more. */
export function AboutTicket({ of }: { of: Schema<"JobTicket"> | null | undefined }) {
  if (!of) return null;
  if (!of.visible || of.number === null) return <>{t("desk.hidden_ticket")}</>;
  return (
    <Link className="a" to="/tickets/$number" params={{ number: of.number }} search={{ view: "all" }}>
      #{of.number} {of.subject}
    </Link>
  );
}

function JobState({ of: j }: { of: Job }) {
  if (j.state === "ready" && j.attempts > 0) return <Badge tone="warn" icon={RotateCw}>{t("desk.jobs.failing")}</Badge>;
  const look = { dead: ["danger", CircleAlert], running: ["accent", LoaderCircle], ready: ["neutral", Clock], waiting: ["neutral", Clock], cancelled: ["neutral", Ban] } as const;
  const [tone, icon] = look[j.state];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`desk.jobs.state.${j.state}` as Key)}
    </Badge>
  );
}

function Acts({ of: j, after }: { of: Job; after?: () => void }) {
  const doIt = useDo(key);
  const path = { params: { path: { id: j.id } } };
  const retry = j.state === "dead" || j.state === "cancelled" || (j.state === "ready" && new Date(j.run_at).getTime() > Date.now());
  const cancel = j.state === "ready" || j.state === "waiting";
  return (
    <>
      {retry && (
        <Button size="sm" icon={RotateCw} onClick={() => void doIt(() => call(client.POST("/jobs/{id}/retry", path)), t("desk.jobs.retried")).then(after)}>
          {t("desk.jobs.retry")}
        </Button>
      )}
      {cancel && (
        <Button size="sm" kind="quiet" onClick={() => void doIt(() => call(client.POST("/jobs/{id}/cancel", path)), t("desk.jobs.cancelled")).then(after)}>
          {t("app.cancel")}
        </Button>
      )}
    </>
  );
}

function JobDetail({ id, onClose }: { id: number; onClose: () => void }) {
  const job = useQuery({ queryKey: [...key, "one", id], queryFn: () => call(client.GET("/jobs/{id}", { params: { path: { id } } })), refetchInterval: 4000 });
  const j = job.data;
  const gone = job.error instanceof ApiError && job.error.status === 404;
  return (
    <Dialog open onClose={onClose} title={j ? jobName(j.kind) : t("desk.jobs.one")} foot={j && !gone && <><span className="push" /><Acts of={j} after={onClose} /></>}>
      {gone && <p>{t("desk.jobs.gone")}</p>}
      {job.error && !gone && <Failed error={job.error} retry={() => void job.refetch()} />}
      {j && !gone && (
        <>
          <dl className="desk-facts">
            <dt>{t("desk.state")}</dt>
            <dd>
              <JobState of={j} />
            </dd>
            <dt>{t("desk.jobs.kind")}</dt>
            <dd className="mono">{j.kind}</dd>
            {j.ticket && (
              <>
                <dt>{t("desk.ticket")}</dt>
                <dd>
                  <AboutTicket of={j.ticket} />
                </dd>
              </>
            )}
            <dt>{t("desk.jobs.tries")}</dt>
            <dd>
              {j.attempts} / {j.max_attempts}
            </dd>
            <dt>{t("desk.jobs.made")}</dt>
            <dd>
              <When at={j.created_at} as="exact" />
            </dd>
            <dt>{t("desk.jobs.run_at")}</dt>
            <dd>
              <When at={j.run_at} as="exact" />
            </dd>
            {j.finished_at && (
              <>
                <dt>{t("desk.jobs.finished")}</dt>
                <dd>
                  <When at={j.finished_at} as="exact" />
                </dd>
              </>
            )}
          </dl>
          {j.last_error && (
            <section className="desk-set" aria-label={t("desk.jobs.error")}>
              <h3 className="group-label">{t("desk.jobs.error")}</h3>
              <pre className="desk-error">{j.last_error}</pre>
            </section>
          )}
        </>
      )}
    </Dialog>
  );
}
