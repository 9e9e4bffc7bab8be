import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { SelectField, TextField } from "@/ui/Field";
import { toast } from "@/ui/toast";
import { FormDialog } from "@/ui/FormDialog";
import { type Role, companies, refresh } from "./api";
import { roleName } from "./Roles";
import { useOnce } from "./ui";

/** A new agent or requester. Reach and everything else is set on the person's page, which opens next. */
export function NewPerson({ roles, mayGive, onClose }: { roles: Role[]; mayGive: boolean; onClose: () => void }) {
  const own = useMe().permissions;
  const queries = useQueryClient();
  const go = useNavigate();
  const clients = useQuery(companies).data ?? [];
  const header = useOnce();
  const [person, setPerson] = useState({ kind: "agent" as "agent" | "requester", name: "", address: "", role: 0, company: 0 });
  const set = (change: Partial<typeof person>) => setPerson({ ...person, ...change });
  const agent = person.kind === "agent";
  const givable = roles.filter((r) => (r.permissions ?? []).every((p) => own.includes(p)));
  const save = async () => {
    const body = {
      kind: person.kind,
      name: person.name,
      address: person.address,
      ...(agent && person.role ? { roles: [person.role] } : {}),
      ...(!agent && person.company ? { company_id: person.company } : {}),
    };
    const made = await call(client.POST("/people", { params: { header: header(body) }, body }));
    await refresh(queries);
    toast(t("admin.person.made", { name: made.name }));
    void go({ to: "/admin/people/$id" as "/admin", params: { id: String(made.id) } as never });
  };
  return (
    <FormDialog title={t("admin.people.new")} subtitle={agent ? t("admin.person.new_agent") : t("admin.person.new_requester")} onClose={onClose} onSave={save} fields={["kind", "name", "address", "roles", "company_id"]} action={t("admin.people.create")}>
      {(about) => (
        <>
          <SelectField label={t("admin.people.kind")} value={person.kind} error={about("kind")} onChange={(e) => set({ kind: e.target.value as "agent" })}>
            <option value="agent">{t("admin.people.agent")}</option>
            <option value="requester">{t("admin.people.requester")}</option>
          </SelectField>
          <div className="adm-pair">
            <TextField label={t("admin.name")} value={person.name} error={about("name")} maxLength={200} onChange={(e) => set({ name: e.target.value })} required />
            <TextField label={t("admin.person.address")} type="email" inputMode="email" value={person.address} error={about("address")} maxLength={320} onChange={(e) => set({ address: e.target.value })} required />
          </div>
          {agent && mayGive && (
            <SelectField label={t("admin.people.role")} hint={t("admin.person.role_hint")} value={person.role} error={about("roles")} onChange={(e) => set({ role: Number(e.target.value) })}>
              <option value={0}>{t("app.none")}</option>
              {givable.map((r) => (
                <option key={r.id} value={r.id}>
                  {roleName(r)}
                </option>
              ))}
            </SelectField>
          )}
          {!agent && clients.length > 0 && (
            <SelectField label={t("admin.person.company")} value={person.company} error={about("company_id")} onChange={(e) => set({ company: Number(e.target.value) })}>
              <option value={0}>{t("app.none")}</option>
              {clients.map((c) => (
                <option key={c.id} value={c.id}>
                  {c.name}
                </option>
              ))}
            </SelectField>
          )}
        </>
      )}
    </FormDialog>
  );
}
