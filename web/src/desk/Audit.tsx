import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { type Key, known, locale, t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { exact } from "@/app/time";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { SelectField, TextField } from "@/ui/Field";
import { Page } from "@/ui/Page";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { AuditChanges, FewChanges } from "./AuditChanges";
import { useAgents, useFilters } from "./machinery";
import { usePages } from "./parts";

type Line = Schema<"Audit">;

const kinds = [
  "account", "brand", "bulk", "company", "department", "export", "field", "group", "import", "inbox", "job", "person", "provider", "role", "settings", "snippet", "status",
  "token", "view", "webhook",
] as const;
const signIns = "sign-ins";
const names = ["who", "what", "id", "since", "before"] as const;
type Filters = Record<(typeof names)[number], string>;

/** The administrators' log: who signed in and who changed what, with the values before and after. */
export function Audit() {
  const [filters, setFilters] = useFilters("/admin/audit", names);
  const query = queryOf(filters);
  const list = usePages(["desk", "audit", query], (cursor) => call(client.GET("/audit", { params: { query: { ...cursor, ...query } } })));
  const clear = () => setFilters({ who: "", what: "", id: "", since: "", before: "" });
  const filtered = names.some((n) => filters[n]);
  return (
    <Page title={t("app.admin.audit")} lead={t("desk.audit.lead")}>
      <div className="machine-list">
        <Bar filters={filters} onChange={setFilters} onClear={filtered ? clear : undefined} />
        {list.isPending && <Skeleton lines={6} height={20} />}
        {list.error && list.items.length === 0 && <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && list.items.length === 0 && (
          <Empty title={t("desk.audit.empty")} drawing="search" action={filtered && <Button onClick={clear}>{t("desk.audit.clear")}</Button>}>
            {t("desk.audit.empty_text")}
          </Empty>
        )}
        {list.items.length > 0 && <Days lines={list.items} />}
        {list.hasNextPage && (
          <p>
            <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t("app.more")}
            </Button>
          </p>
        )}
      </div>
    </Page>
  );
}

const midnight = (day: string, later = 0) => {
  const at = new Date(`${day}T00:00:00`);
  at.setDate(at.getDate() + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
};

/** What the address says, as the API asks it. Days begin where the reader is, and the last one counts. */
function queryOf(f: Filters) {
  const since = f.since && midnight(f.since);
  const before = f.before && midnight(f.before, 1);
  const id = Number(f.id);
  return {
    ...(Number(f.who) > 0 ? { actor_id: Number(f.who) } : {}),
    ...(f.what === signIns ? { action: "person.signed_in" } : f.what ? { object_kind: f.what.slice(0, 60) } : {}),
    ...(id > 0 && f.what && f.what !== signIns ? { object_id: id } : {}),
    ...(since ? { since } : {}),
    ...(before ? { before } : {}),
  };
}

type BarProps = { filters: Filters; onChange: (change: Partial<Filters>) => void; onClear: (() => void) | undefined };

function Bar({ filters, onChange, onClear }: BarProps) {
  const agents = useAgents();
  return (
    <search className="machine-bar audit-bar" aria-label={t("desk.audit.narrow")}>
      <SelectField label={t("desk.audit.who")} value={filters.who} onChange={(e) => onChange({ who: e.target.value })}>
        <option value="">{t("desk.audit.anybody")}</option>
        {agents.map((a) => (
          <option key={a.id} value={a.id}>
            {a.name}
          </option>
        ))}
      </SelectField>
      <SelectField label={t("desk.audit.what")} value={filters.what} onChange={(e) => onChange({ what: e.target.value, id: "" })}>
        <option value="">{t("desk.audit.anything")}</option>
        <option value={signIns}>{t("desk.audit.sign_ins")}</option>
        {kinds.map((k) => (
          <option key={k} value={k}>
            {kindName(k)}
          </option>
        ))}
      </SelectField>
      <TextField label={t("desk.audit.since")} type="date" value={filters.since} max={filters.before || undefined} onChange={(e) => onChange({ since: e.target.value })} />
      <TextField label={t("desk.audit.before")} type="date" value={filters.before} min={filters.since || undefined} onChange={(e) => onChange({ before: e.target.value })} />
      {onClear && (
        <Button kind="quiet" icon={X} onClick={onClear}>
          {t("desk.audit.clear")}
        </Button>
      )}
    </search>
  );
}

const kindName = (kind: string) => (known(`desk.audit.kind.${kind}`) ? t(`desk.audit.kind.${kind}` as Key) : kind);

/** What was done, in words; the program's own word where there are none yet. */
function actionName(l: Line): string {
  const own = `desk.audit.action.${l.action}`;
  if (known(own)) return t(own);
  const [kind = "", verb = ""] = l.action.split(".");
  const common = `desk.audit.verb.${verb}`;
  return known(common) ? t(common, { kind: kindName(kind) }) : l.action;
}

function Days({ lines }: { lines: Line[] }) {
  const day = (l: Line) => new Date(l.at).toDateString();
  const days = [...new Set(lines.map(day))];
  return (
    <>
      {days.map((d) => {
        const own = lines.filter((l) => day(l) === d);
        return (
          <section key={d} className="audit-day">
            <h2 className="group-label">{new Date(own[0]?.at ?? d).toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long", year: "numeric" })}</h2>
            <ol>
              {own.map((l) => (
                <OneLine key={l.id} of={l} />
              ))}
            </ol>
          </section>
        );
      })}
    </>
  );
}

/** By what somebody signed in, as the program writes it: "password, code", "link, password", "provider 3". */
function methodName(l: Line): string {
  const said = l.changes.find((c) => c.field === "method")?.new ?? "";
  if (said.startsWith("link")) return t("desk.audit.method.link");
  if (said.startsWith("provider")) return t("desk.audit.method.provider");
  if (said.endsWith("recovery code")) return t("desk.audit.method.recovery");
  return said.endsWith("code") ? t("desk.audit.method.code") : t("desk.audit.method.password");
}

/** One line; its values stand under it where they are few and short, and open there otherwise. */
function OneLine({ of: l }: { of: Line }) {
  const me = useMe().person;
  const name = useName(l.actor_id);
  const [open, setOpen] = useState(false);
  const about = useAbout(l);
  const method = l.action === "person.signed_in" ? methodName(l) : "";
  const changes = method ? [] : l.changes;
  const few = !l.shortened && changes.length > 0 && changes.length <= 2 && changes.every((c) => c.old.length + c.new.length <= 80);
  const said = [actionName(l), about, method, l.cause.kind === "token" ? t("desk.audit.by_token") : ""].filter(Boolean);
  return (
    <li className="audit-line">
      {l.actor_id ? <Avatar name={name} size="sm" /> : <Avatar name="" kind="system" size="sm" />}
      <div className="audit-said">
        <p>
          <b>{l.actor_id === null ? t("desk.audit.system") : l.actor_id === me.id ? t("desk.audit.you") : name}</b>
          {said.map((part) => ` · ${part}`)}
        </p>
        {l.shortened && <p className="meta">{t("desk.audit.shortened")}</p>}
        {few ? (
          <FewChanges of={changes} />
        ) : (
          changes.length > 0 && (
            <>
              <button type="button" className="a audit-open" aria-expanded={open} onClick={() => setOpen(!open)}>
                {open ? t("desk.audit.hide") : tn("desk.audit.changes", changes.length)}
              </button>
              {open && <AuditChanges of={changes} shortened={l.shortened} />}
            </>
          )
        )}
      </div>
      <time dateTime={l.at} title={exact(l.at)} className="meta">
        {new Date(l.at).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" })}
      </time>
    </li>
  );
}

/** The name of who did it. The log holds ids alone; who is no agent any more is named by the id. */
function useName(id: number | null): string {
  const known = useAgents().find((a) => a.id === id);
  const person = useQuery({
    queryKey: ["desk", "person", id],
    queryFn: () => call(client.GET("/people/{id}", { params: { path: { id: id ?? 0 } } })),
    enabled: !!id && !known,
    staleTime: 300_000,
    retry: false,
  }).data;
  return known?.name ?? person?.name ?? (id ? t("desk.audit.person", { id }) : "");
}

/** What it was done to, by a name where the line itself tells one. */
function useAbout(l: Line): string {
  const person = useName(l.object.kind === "person" ? l.object.id : null);
  if (l.object.kind === "person") return l.object.id === l.actor_id ? "" : person;
  if (l.object.id === null) return "";
  const named = l.changes.find((c) => c.field === "name");
  return named?.new || named?.old || `#${l.object.id}`;
}
