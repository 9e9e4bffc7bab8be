import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Lock, Plus } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { SelectField, TextField } from "@/ui/Field";
import { Page } from "@/ui/Page";
import { type Column, Table } from "@/ui/Table";
import { FormDialog } from "@/ui/FormDialog";
import { type Role, refresh, roles } from "./api";
import { Guarded, useOnce } from "./ui";

/** All roles, and how one is made. */
export function Roles() {
  const list = useQuery({ ...roles });
  const [making, setMaking] = useState(false);
  return (
    <Guarded permissions={["roles.manage"]} title={t("app.admin.roles")}>
      <Page
        title={t("app.admin.roles")}
        lead={t("admin.roles.lead")}
        actions={
          <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>
            {t("admin.roles.new")}
          </Button>
        }
      >
        <Table
          label={t("app.admin.roles")}
          list={list}
          rows={list.data ?? []}
          id={(r) => r.id}
          empty={null}
          columns={columns()}
        />
      </Page>
      {making && <NewRole roles={list.data ?? []} onClose={() => setMaking(false)} />}
    </Guarded>
  );
}

/** The name of a role: the built-in ones have one in the catalogue, unless the account calls them otherwise. */
export function roleName(role: Role): string {
  const names: Record<string, string> = {
    owner: t("admin.role.owner"),
    administrator: t("admin.role.administrator"),
    manager: t("admin.role.manager"),
    agent: t("admin.role.agent"),
  };
  return (role.built_in && names[role.built_in]) || role.name;
}

/** A new role, empty or with the permissions of another one. */
export function NewRole({ roles: list, from = 0, onClose }: { roles: Role[]; from?: number; onClose: () => void }) {
  const own = useMe().permissions;
  const [name, setName] = useState("");
  const [model, setModel] = useState(from);
  const header = useOnce();
  const queries = useQueryClient();
  const go = useNavigate();
  const models = list.filter((r) => (r.permissions ?? []).every((p) => own.includes(p)));
  const save = async () => {
    const made = model
      ? await call(client.POST("/roles/{id}/clone", { params: { path: { id: model }, header: header({ model, name }) }, body: { name } }))
      : await call(client.POST("/roles", { params: { header: header({ model, name }) }, body: { name, permissions: [] } }));
    await refresh(queries);
    void go({ to: "/admin/roles/$id" as "/admin", params: { id: String(made.id) } as never });
  };
  return (
    <FormDialog title={t("admin.roles.new")} subtitle={t("admin.roles.new_lead")} onClose={onClose} onSave={save} fields={["name"]} action={t("admin.roles.create")}>
      {(about) => (
        <>
          <TextField label={t("admin.name")} value={name} onChange={(e) => setName(e.target.value)} error={about("name")} maxLength={200} required />
          <SelectField label={t("admin.roles.from")} hint={t("admin.roles.from_hint")} value={model} onChange={(e) => setModel(Number(e.target.value))}>
            <option value={0}>{t("admin.roles.from_none")}</option>
            {models.map((r) => (
              <option key={r.id} value={r.id}>
                {roleName(r)}
              </option>
            ))}
          </SelectField>
        </>
      )}
    </FormDialog>
  );
}

const columns = (): Column<Role>[] => [
  {
    label: t("admin.name"),
    cell: (r) => (
      <span className="adm-name">
        <Link to={"/admin/roles/$id" as "/admin"} params={{ id: String(r.id) } as never}>
          {roleName(r)}
        </Link>
      </span>
    ),
  },
  { label: t("admin.roles.kind"), cell: (r) => (r.built_in ? <Badge icon={Lock}>{t("admin.roles.built_in")}</Badge> : <Badge tone="accent">{t("admin.roles.own")}</Badge>) },
  { label: t("admin.roles.permissions"), cell: (r) => tn("admin.roles.count", (r.permissions ?? []).length) },
];
