import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Upload } from "lucide-react";
import { useEffect, useState } from "react";
import { t } from "@/app/i18n";
import { useMay } from "@/app/session";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Field";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { type Column, Table, usePages } from "@/ui/Table";
import { type Named, type PeopleFilter, type Person, type Role, companies, departments, groups, peoplePage, roles } from "./api";
import { NewPerson } from "./NewPerson";
import { namesOf } from "./personWords";
import { roleName } from "./Roles";
import { Guarded, SearchBox, useTyped } from "./ui";

/** Agents and requesters. What is looked for stands in the address. */
export function People() {
  return (
    <Guarded permissions={["people.manage"]} title={t("app.admin.people")}>
      <PeoplePage />
    </Guarded>
  );
}

/** readFilter takes what the address says, and leaves out what no filter understands. */
export function readFilter(search: Record<string, unknown>): PeopleFilter {
  const filter: PeopleFilter = {};
  if (typeof search["q"] === "string" || typeof search["q"] === "number") filter.q = String(search["q"]).slice(0, 200);
  if (search["kind"] === "agent" || search["kind"] === "requester") filter.kind = search["kind"];
  if (`${search["active"]}` === "true" || `${search["active"]}` === "false") filter.active = `${search["active"]}` as "true";
  for (const key of ["role_id", "group_id", "department_id", "company_id"] as const) {
    const id = Number(search[key]);
    if (Number.isInteger(id) && id > 0) filter[key] = id;
  }
  return filter;
}

function PeoplePage() {
  const filter = readFilter(useSearch({ strict: false }));
  const go = useNavigate();
  const manageRoles = useMay("roles.manage");
  const [text, setText] = useState(filter.q ?? "");
  const typed = useTyped(text).trim();
  const [making, setMaking] = useState(false);
  const lists = { roles: useQuery(roles).data ?? [], groups: useQuery(groups).data ?? [], departments: useQuery(departments).data ?? [], companies: useQuery(companies).data ?? [] };
  const list = usePages(["admin", "people", filter], ({ cursor = "" }) => peoplePage(filter, cursor));
  const set = (change: { [K in keyof PeopleFilter]: PeopleFilter[K] | undefined }) => {
    const next = Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, v]) => v !== undefined && v !== ""));
    void go({ to: "/admin/people" as "/admin", search: next as never, replace: true });
  };
  const sought = filter.q ?? "";
  useEffect(() => {
    if (typed !== sought) set({ q: typed || undefined });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only what was typed begins a search
  }, [typed]);
  const narrowed = Object.keys(filter).length > 0;
  const by = (key: "role_id" | "group_id" | "department_id" | "company_id", all: Named[], none: string) =>
    all.length > 0 && (
      <Select quiet aria-label={none} value={filter[key] ?? 0} onChange={(e) => set({ [key]: Number(e.target.value) || undefined })}>
        <option value={0}>{none}</option>
        {all.map((o) => (
          <option key={o.id} value={o.id}>
            {o.name}
          </option>
        ))}
      </Select>
    );
  const kinds = [
    { kind: undefined, label: t("admin.people.all") },
    { kind: "agent" as const, label: t("admin.people.agents") },
    { kind: "requester" as const, label: t("admin.people.requesters") },
  ];
  return (
    <Page
      title={t("app.admin.people")}
      lead={t("admin.people.lead")}
      width={1120}
      actions={
        <>
          <Link to={"/admin/people/import" as "/admin"} className="btn">
            <Upload className="icon" aria-hidden="true" />
            {t("admin.people.import")}
          </Link>
          <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>
            {t("admin.people.new")}
          </Button>
        </>
      }
    >
      <div className="adm-bar" role="search">
        <SearchBox label={t("admin.people.find")} value={text} onChange={setText} />
        <div className="tabs" role="group" aria-label={t("admin.people.kind")}>
          {kinds.map((k) => (
            <button key={k.label} type="button" className="tab" aria-pressed={filter.kind === k.kind} onClick={() => set({ kind: k.kind })}>
              {k.label}
            </button>
          ))}
        </div>
        <div className="adm-filters">
          <Select quiet aria-label={t("admin.people.state")} value={filter.active ?? ""} onChange={(e) => set({ active: (e.target.value || undefined) as "true" | undefined })}>
            <option value="">{t("admin.people.any_state")}</option>
            <option value="true">{t("admin.people.active")}</option>
            <option value="false">{t("admin.person.off")}</option>
          </Select>
          {by("role_id", lists.roles.map((r) => ({ id: r.id, name: roleName(r) })), t("admin.people.any_role"))}
          {by("group_id", lists.groups, t("admin.people.any_group"))}
          {by("department_id", lists.departments, t("admin.people.any_department"))}
          {by("company_id", lists.companies, t("admin.people.any_company"))}
          {narrowed && (
            <Button
              kind="quiet"
              size="sm"
              onClick={() => {
                setText("");
                void go({ to: "/admin/people" as "/admin", search: {} as never, replace: true });
              }}
            >
              {t("admin.people.clear")}
            </Button>
          )}
        </div>
      </div>
      <Table
        label={t("app.admin.people")}
        list={list}
        rows={list.items}
        id={(p) => p.id}
        off={(p) => !p.active}
        empty={
          <Empty title={t("admin.nothing_found")} drawing="search">
            {t("admin.nothing_found_text")}
          </Empty>
        }
        columns={columns(lists)}
      />
      {making && <NewPerson roles={lists.roles} mayGive={manageRoles} onClose={() => setMaking(false)} />}
    </Page>
  );
}

type Lists = { roles: Role[]; groups: Named[]; departments: Named[]; companies: Named[] };

const columns = (lists: Lists): Column<Person>[] => [
  {
    label: t("admin.name"),
    cell: (p) => (
      <span className="adm-who">
        <Avatar name={p.name} outside={p.kind === "requester"} />
        <span className="adm-name">
          <Link to={"/admin/people/$id" as "/admin"} params={{ id: String(p.id) } as never}>
            {p.name}
          </Link>
          <span className="meta">{p.address}</span>
        </span>
      </span>
    ),
  },
  {
    label: t("admin.people.kind"),
    cell: (p) => (
      <span className="cluster">
        {p.kind === "agent" ? <Badge tone="accent">{t("admin.people.agent")}</Badge> : <Badge>{t("admin.people.requester")}</Badge>}
        {!p.active && <Badge tone="warn">{t("admin.person.off")}</Badge>}
      </span>
    ),
  },
  { label: t("admin.people.roles"), cell: (p) => namesOf(p.roles, lists.roles.map((r) => ({ id: r.id, name: roleName(r) }))) },
  { label: t("admin.people.groups"), cell: (p) => namesOf(p.groups, lists.groups) },
  { label: t("admin.people.belongs"), cell: (p) => [namesOf(p.department_id ? [p.department_id] : [], lists.departments), namesOf(p.company_id ? [p.company_id] : [], lists.companies)].filter(Boolean).join(" · ") },
];
