import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Schema, call, client, once } from "@/api/client";
import { t } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { NameForm, NameList } from "./CompaniesList";
import { type Agent, AgentField, personName } from "./CompaniesManager";

type Company = Schema<"Company">;

/** The companies that requesters belong to, each with the agent who looks after it. */
export function Companies() {
  return (
    <NameList<Company>
      area="companies"
      fetch={(query) => call(client.GET("/companies", { params: { query } }))}
      remove={(id) => call(client.DELETE("/companies/{id}", { params: { path: { id } } }))}
      mark={Mark}
      under={Manager}
      form={CompanyForm}
    />
  );
}

function Mark({ item }: { item: Company }) {
  return (
    <span data-tone="neutral">
      <Avatar name={item.name} kind="partner" />
    </span>
  );
}

function Manager({ item: { manager_id: id } }: { item: Company }) {
  const person = useQuery({ ...personName(id ?? 0), enabled: id !== null });
  if (id === null) return t("admin.companies.no_manager");
  return person.data ? t("admin.companies.looked_after", { name: person.data.name }) : "\u00a0";
}

function CompanyForm({ item, onClose }: { item: Company | undefined; onClose: () => void }) {
  const before = useQuery({ ...personName(item?.manager_id ?? 0), enabled: !!item?.manager_id });
  const [picked, setPicked] = useState<Agent | null>();
  const known = before.data ? { id: before.data.id, name: before.data.name, address: before.data.address } : null;
  const manager = picked === undefined ? known : picked;
  return (
    <NameForm
      area="companies"
      item={item}
      onClose={onClose}
      changed={picked !== undefined && (picked?.id ?? null) !== (item?.manager_id ?? null)}
      onSave={(name, key) => {
        const body = { name, ...(picked === undefined ? {} : { manager_id: picked?.id ?? null }) };
        return item ? call(client.PATCH("/companies/{id}", { params: { path: { id: item.id } }, body })) : call(client.POST("/companies", { body, headers: once(`${key}-${picked?.id ?? 0}`) }));
      }}
    >
      {(about) => <AgentField key={known?.id ?? 0} label={t("admin.companies.manager")} hint={t("admin.companies.manager_hint")} error={about("manager_id")} value={manager} onChange={setPicked} />}
    </NameForm>
  );
}
