import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { type Key, known, t, tn } from "@/app/i18n";
import { exact } from "@/app/time";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Select, TextField } from "@/ui/Field";
import { Page } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { Table, usePages } from "@/ui/Table";
import { useFilters } from "./filters";
import { useBrands, useGroups, useInboxes } from "./lists";
import { RowName } from "./parts";

type Line = Schema<"Audit">;
type Wish = { about: string; actor: number; time: string; from: string; to: string };
type Narrow = { actor?: number; object?: string; action?: string; since?: string; before?: string };

const nothing: Wish = { about: "", actor: 0, time: "", from: "", to: "" };
const kinds = ["account", "person", "role", "group", "department", "company", "brand", "inbox", "field", "status", "settings", "notices", "view", "snippet", "macro", "token", "webhook", "export", "job"];

function narrow(w: Wish): Narrow {
  const out: Narrow = {};
  if (w.about === "sign_ins") out.action = "person.signed_in";
  else if (w.about) out.object = w.about;
  if (w.actor) out.actor = w.actor;
  if (w.time === "range") {
    const from = Date.parse(w.from);
    const to = Date.parse(w.to);
    if (from) out.since = new Date(from).toISOString();
    if (to) out.before = new Date(to).toISOString();
  } else if (Number(w.time) > 0 && Number(w.time) < 10_000) {
    // To the hour, so that the same wish is the same query.
    out.since = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - Number(w.time) * 86_400_000).toISOString();
  }
  return out;
}

/** The administrators' log: who did what and when, with the values before and after. */
export function Audit() {
  const [filters, setFilters] = useFilters("/admin/audit", ["about", "actor", "time", "from", "to"]);
  const wish: Wish = { ...filters, actor: Number(filters.actor) || 0 };
  const [open, setOpen] = useState<Line>();
  const query = narrow(wish);
  const list = usePages(["desk", "audit", query], (cursor) => call(client.GET("/audit", { params: { query: { ...cursor, ...query } } })));
  const agents = useQuery({ queryKey: ["desk", "agents"], queryFn: () => call(client.GET("/people", { params: { query: { kind: "agent", limit: 200 } } })), staleTime: 600_000 }).data?.items ?? [];
  const nameOf = useNames(list.items, agents);
  const set = (change: Partial<Wish>) => {
    const next = { ...wish, ...change };
    setFilters({ ...next, actor: next.actor ? String(next.actor) : "" });
  };
  return (
    <Page title={t("app.admin.audit")} lead={t("desk.audit.lead")}>
      <div className="desk-bar" role="search" aria-label={t("desk.audit.filters")}>
        <Select aria-label={t("desk.audit.about")} value={wish.about} onChange={(e) => set({ about: e.target.value })}>
          <option value="">{t("desk.audit.anything")}</option>
          <option value="sign_ins">{t("desk.audit.sign_ins")}</option>
          {kinds.map((k) => (
            <option key={k} value={k}>
              {objectName(k)}
            </option>
          ))}
        </Select>
        <Select aria-label={t("desk.audit.who")} value={wish.actor} onChange={(e) => set({ actor: Number(e.target.value) })}>
          <option value={0}>{t("desk.audit.anybody")}</option>
          {agents.map((a) => (
            <option key={a.id} value={a.id}>
              {a.name}
            </option>
          ))}
        </Select>
        <Select aria-label={t("desk.audit.when")} value={wish.time} onChange={(e) => set({ time: e.target.value })}>
          <option value="">{t("desk.audit.any_time")}</option>
          {[1, 7, 30].map((d) => (
            <option key={d} value={d}>
              {tn("desk.audit.last", d)}
            </option>
          ))}
          <option value="range">{t("desk.audit.range")}</option>
        </Select>
        {Object.values(filters).some(Boolean) && (
          <Button size="sm" kind="quiet" onClick={() => set(nothing)}>
            {t("desk.audit.clear")}
          </Button>
        )}
      </div>
      {wish.time === "range" && (
        <div className="desk-pair">
          <TextField label={t("desk.audit.from")} type="datetime-local" value={wish.from} onChange={(e) => set({ from: e.target.value })} />
          <TextField label={t("desk.audit.to")} type="datetime-local" value={wish.to} onChange={(e) => set({ to: e.target.value })} />
        </div>
      )}
      <Table
        label={t("app.admin.audit")}
        list={list}
        rows={list.items}
        id={(l) => l.id}
        empty={
          <Empty title={t("desk.audit.empty")} drawing="search">
            {t("desk.audit.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("desk.audit.what"), cell: (l) => <RowName name={t("desk.audit.line", { object: thing(l, nameOf), verb: verbOf(l.action) })} under={summary(l)} onOpen={() => setOpen(l)} /> },
          { label: t("desk.audit.who"), cell: (l) => <Who of={l} nameOf={nameOf} /> },
          { label: t("desk.when"), cell: (l) => <When at={l.at} as="exact" />, num: true, nowrap: true },
        ]}
      />
      {open && (
        <Dialog open onClose={() => setOpen(undefined)} title={t("desk.audit.line", { object: thing(open, nameOf), verb: verbOf(open.action) })} subtitle={`${whoSaid(open, nameOf)} · ${exact(open.at)}`} width={640}>
          <Detail of={open} />
        </Dialog>
      )}
    </Page>
  );
}

const objectName = (kind: string) => (known(`desk.audit.object.${kind}`) ? t(`desk.audit.object.${kind}` as Key) : kind);

/** verbOf is the second half of an action, such as "changed" of group.updated. */
function verbOf(action: string): string {
  const verb = action.split(".").slice(1).join(".");
  return known(`desk.audit.verb.${verb}`) ? t(`desk.audit.verb.${verb}` as Key) : verb.replace(/_/g, " ");
}

/** thing names what a line is about: by what it is called now, else by the name in the line, else by its id. */
function thing(l: Line, nameOf: NameOf): string {
  const kind = objectName(l.object.kind);
  const told = l.changes.find((c) => c.field === "name");
  const name = nameOf(l.object.kind, l.object.id) || told?.new || told?.old || (l.object.id ? `#${l.object.id}` : "");
  return l.object.kind === "settings" || l.object.kind === "notices" || l.object.kind === "account" ? kind : `${kind} ${name}`.trim();
}

/** signedInBy puts into words with what somebody signed in. */
function signedInBy(method: string): string {
  const key = method.startsWith("provider ") ? "desk.audit.method.provider" : `desk.audit.method.${method.replace(/,? /g, "_")}`;
  return known(key) ? t(key) : method;
}

/** summary tells of a change which properties it was about; what was made or ended says enough, and its values stand in the dialog. */
function summary(l: Line): string {
  if (l.action === "person.signed_in") return signedInBy(l.changes.find((c) => c.field === "method")?.new ?? "");
  if (!l.action.endsWith(".updated") || l.changes.length === 0) return "";
  return l.changes.length > 3 ? tn("desk.audit.count", l.changes.length) : l.changes.map((c) => c.field.replace(/_/g, " ")).join(", ");
}

function whoSaid(l: Line, nameOf: NameOf): string {
  const name = l.actor_id ? nameOf("person", l.actor_id) || t("desk.audit.person_gone", { id: l.actor_id }) : l.cause.kind === "person" ? l.cause.name || t("desk.audit.desk") : t("desk.audit.desk");
  if (l.cause.kind === "token") return `${name}, ${l.cause.name ? t("desk.audit.by_token", { name: l.cause.name }) : t("desk.audit.token")}`;
  return name;
}

function Who({ of: l, nameOf }: { of: Line; nameOf: NameOf }) {
  const name = whoSaid(l, nameOf);
  return (
    <span className="cluster">
      <Avatar name={name} size="sm" kind={l.actor_id ? "person" : "system"} />
      {name}
    </span>
  );
}

function Detail({ of: l }: { of: Line }) {
  return (
    <>
      {l.shortened && (
        <p className="banner" data-tone="neutral">
          {t("desk.audit.shortened")}
        </p>
      )}
      {l.changes.length > 0 && (
        <table className="diff">
          <thead>
            <tr>
              <th scope="col">{t("desk.audit.field")}</th>
              <th scope="col">{t("desk.audit.before")}</th>
              <th scope="col">{t("desk.audit.after")}</th>
            </tr>
          </thead>
          <tbody>
            {l.changes.map((c) => (
              <tr key={c.field}>
                <th scope="row" className="mono">
                  {c.field}
                </th>
                <td>{c.old ? <del>{c.old}</del> : "–"}</td>
                <td>{c.new ? <ins>{c.new}</ins> : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="meta mono">{l.action}</p>
    </>
  );
}

type NameOf = (kind: string, id: number | null) => string;

/** useNames gives names for the ids in the log: lists for what there are few of, one by one for people. */
function useNames(lines: Line[], agents: { id: number; name: string }[]): NameOf {
  const lists: Record<string, { id: number; name: string }[]> = { brand: useBrands(), inbox: useInboxes(), group: useGroups(), person: agents };
  const wanted = [...new Set(lines.flatMap((l) => [l.actor_id, l.object.kind === "person" ? l.object.id : null]))].filter((id): id is number => !!id && !agents.some((a) => a.id === id));
  const people = useQueries({
    queries: wanted.slice(0, 100).map((id) => ({ queryKey: ["desk", "person", id], queryFn: () => call(client.GET("/people/{id}", { params: { path: { id } } })), staleTime: 600_000, retry: false })),
  });
  return (kind, id) => {
    if (!id) return "";
    const found = lists[kind]?.find((x) => x.id === id)?.name;
    return found ?? (kind === "person" ? (people[wanted.indexOf(id)]?.data?.name ?? "") : "");
  };
}
