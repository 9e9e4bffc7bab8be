import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { useMay } from "@/app/session";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { type Column, Table, usePages } from "@/ui/Table";
import { FormDialog } from "@/ui/FormDialog";
import { type Group, person, refresh } from "./api";
import { Guarded, SearchBox, useOnce, useTyped } from "./ui";

/** All groups, and how one is made. */
export function Groups() {
  const may = useMay("groups.manage");
  const [text, setText] = useState("");
  const typed = useTyped(text).trim();
  const [making, setMaking] = useState(false);
  const list = usePages(["admin", "groups", "pages", typed], (cursor) =>
    call(client.GET("/groups", { params: { query: { limit: 50, ...(typed ? { q: typed } : {}), ...cursor } } })),
  );
  const add = may && (
    <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>
      {t("admin.groups.new")}
    </Button>
  );
  return (
    <Guarded permissions={["groups.manage"]} title={t("app.admin.groups")}>
      <Page title={t("app.admin.groups")} lead={t("admin.groups.lead")} actions={add}>
        <div className="adm-bar" role="search">
          <SearchBox label={t("admin.groups.find")} value={text} onChange={setText} />
        </div>
        <Table
          label={t("app.admin.groups")}
          list={list}
          rows={list.items}
          id={(g) => g.id}
          empty={
            typed ? (
              <Empty title={t("admin.nothing_found")} drawing="search">
                {t("admin.nothing_found_text")}
              </Empty>
            ) : (
              <Empty title={t("admin.groups.none")} action={add}>
                {t("admin.groups.none_text")}
              </Empty>
            )
          }
          columns={columns()}
        />
      </Page>
      {making && <NewGroup onClose={() => setMaking(false)} />}
    </Guarded>
  );
}

function OwnerName({ id }: { id: number }) {
  return <>{useQuery(person(id)).data?.name ?? "…"}</>;
}

function NewGroup({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const header = useOnce();
  const queries = useQueryClient();
  const go = useNavigate();
  const save = async () => {
    const made = await call(client.POST("/groups", { params: { header: header({ name }) }, body: { name } }));
    await refresh(queries);
    void go({ to: "/admin/groups/$id" as "/admin", params: { id: String(made.id) } as never });
  };
  return (
    <FormDialog title={t("admin.groups.new")} subtitle={t("admin.groups.new_lead")} onClose={onClose} onSave={save} fields={["name"]} action={t("admin.groups.create")}>
      {(about) => <TextField label={t("admin.name")} value={name} onChange={(e) => setName(e.target.value)} error={about("name")} maxLength={200} required />}
    </FormDialog>
  );
}

const columns = (): Column<Group>[] => [
  {
    label: t("admin.name"),
    cell: (g) => (
      <span className="adm-who">
        <Avatar name={g.name} kind="group" />
        <span className="adm-name">
          <Link to={"/admin/groups/$id" as "/admin"} params={{ id: String(g.id) } as never}>
            {g.name}
          </Link>
        </span>
      </span>
    ),
  },
  { label: t("admin.group.members"), cell: (g) => tn("admin.groups.members", (g.members ?? []).length) },
  { label: t("admin.group.owner"), cell: (g) => (g.owner_id ? <OwnerName id={g.owner_id} /> : <span className="meta">{t("app.none")}</span>) },
];
