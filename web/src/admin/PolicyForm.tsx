import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronRight, X } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { Condition } from "@/desk/Condition";
import type { Field } from "@/tickets/api";
import { Check, SelectField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { Icon } from "@/ui/Icon";
import { AgentPicker } from "./AgentPicker";
import { type Named, brands as brandList, groups as groupList, roles as roleList } from "./api";
import { type Entry, type Lists, type Saying, partnersIn, sentence } from "./policyWords";
import { useOnce } from "./ui";

const fresh: Saying = {
  allow: false, requesters: false, condition: null, all_agents: false, all_groups: false, all_requesters: false, all_partners: false,
  roles: [], brands: [], groups: [], agents: [], to_groups: [], agents_of_brands: [], members_of_groups: [], partners: [],
};
const lists: Lists[] = ["roles", "brands", "groups", "agents", "to_groups", "agents_of_brands", "members_of_groups", "partners"];

/** One entry: who shares, which tickets, with whom. Its sentence stands above and changes with it. */
export function PolicyForm({ of, fields, onClose }: { of: Entry | undefined; fields: readonly Field[]; onClose: () => void }) {
  const queries = useQueryClient();
  const header = useOnce();
  const [e, setEntry] = useState<Saying>(of ?? fresh);
  const set = (change: Partial<Saying>) => setEntry((was) => ({ ...was, ...change }));
  const roles = useQuery(roleList).data ?? [];
  const brands = useQuery(brandList).data ?? [];
  const groups = useQuery(groupList).data ?? [];
  const partners = partnersIn(fields);
  const save = async () => {
    const ids = Object.fromEntries(lists.map((l) => [l, e[l].map((x) => x.id)])) as Record<Lists, number[]>;
    const { allow, requesters, all_agents, all_groups, all_requesters, all_partners } = e;
    const body = { allow, requesters, all_agents, all_groups, all_requesters, all_partners, ...ids, condition: (e.condition ?? null) as Schema<"NewPolicyEntry">["condition"] };
    await (of ? call(client.PATCH("/share-policy/{id}", { params: { path: { id: of.id } }, body })) : call(client.POST("/share-policy", { headers: header(body), body })));
    await queries.invalidateQueries({ queryKey: ["admin", "share-policy"] });
  };
  const pick = (list: Lists, label: string, all: readonly Named[], about: (field: string) => string) => (
    <Pick label={label} all={all} chosen={e[list]} error={about(list)} onChange={(next) => set({ [list]: next })} />
  );
  return (
    <FormDialog title={t(of ? "admin.allowed.edit" : "admin.allowed.new")} onClose={onClose} onSave={save} fields={[...lists, "condition"]} width={680}>
      {(about) => (
        <>
          <p className="banner" data-tone={e.allow ? "ok" : "warn"} role="status">
            {sentence(e, fields)}
          </p>
          <SelectField label={t("admin.allowed.effect")} value={e.allow ? "allow" : "deny"} onChange={(x) => set({ allow: x.target.value === "allow" })}>
            <option value="allow">{t("admin.allowed.allow_long")}</option>
            <option value="deny">{t("admin.allowed.deny_long")}</option>
          </SelectField>
          <fieldset className="policy-part">
            <legend className="label">{t("admin.allowed.part_who")}</legend>
            {pick("roles", t("admin.allowed.roles"), roles, about)}
            <Check checked={e.requesters} onChange={(x) => set({ requesters: x.target.checked })}>
              {t("admin.allowed.requesters")}
            </Check>
          </fieldset>
          <fieldset className="policy-part">
            <legend className="label">{t("admin.allowed.part_where")}</legend>
            {pick("brands", t("admin.allowed.brands"), brands, about)}
            {pick("groups", t("admin.allowed.groups"), groups, about)}
            <Condition value={e.condition} onChange={(condition) => set({ condition: condition as Saying["condition"] })} error={about("condition")} />
          </fieldset>
          <fieldset className="policy-part">
            <legend className="label">{t("admin.allowed.part_whom")}</legend>
            <div className="cluster">
              <Check checked={e.all_agents} onChange={(x) => set({ all_agents: x.target.checked })}>
                {t("admin.allowed.all_agents")}
              </Check>
              <Check checked={e.all_groups} onChange={(x) => set({ all_groups: x.target.checked })}>
                {t("admin.allowed.all_groups")}
              </Check>
              <Check checked={e.all_requesters} onChange={(x) => set({ all_requesters: x.target.checked })}>
                {t("admin.allowed.all_requesters")}
              </Check>
              {(partners.length > 0 || e.all_partners) && (
                <Check checked={e.all_partners} onChange={(x) => set({ all_partners: x.target.checked })}>
                  {t("admin.allowed.all_partners")}
                </Check>
              )}
            </div>
            {pick("to_groups", t("admin.allowed.to_groups"), groups, about)}
            {pick("members_of_groups", t("admin.allowed.members"), groups, about)}
            {pick("agents_of_brands", t("admin.allowed.agents_of"), brands, about)}
            {(partners.length > 0 || e.partners.length > 0) && pick("partners", t("admin.allowed.partners"), partners, about)}
            <Agents chosen={e.agents} error={about("agents")} onChange={(agents) => set({ agents })} />
          </fieldset>
        </>
      )}
    </FormDialog>
  );
}

type PickProps = { label: string; all: readonly Named[]; chosen: Named[]; error: string; onChange: (next: Named[]) => void };

/** Some of a few things, folded away while none is chosen. What is chosen and there no more can be taken out. */
function Pick({ label, all, chosen, error, onChange }: PickProps) {
  const gone = chosen.filter((c) => !all.some((x) => x.id === c.id));
  const has = (x: Named) => chosen.some((c) => c.id === x.id);
  const [open] = useState(chosen.length > 0);
  return (
    <details className="policy-pick" open={open || !!error}>
      <summary>
        <Icon of={ChevronRight} small />
        {label} {chosen.length > 0 && <span className="meta num">({chosen.length})</span>}
      </summary>
      <div className="adm-pick-list">
        {[...all, ...gone].map((x) => (
          <Check key={x.id} checked={has(x)} onChange={() => onChange(has(x) ? chosen.filter((c) => c.id !== x.id) : [...chosen, { id: x.id, name: x.name }])}>
            {x.name || t("admin.allowed.gone")}
          </Check>
        ))}
      </div>
      {error && (
        <p className="error" data-tone="danger" role="alert">
          {error}
        </p>
      )}
    </details>
  );
}

function Agents({ chosen, error, onChange }: { chosen: Named[]; error: string; onChange: (next: Named[]) => void }) {
  const [open] = useState(chosen.length > 0);
  return (
    <details className="policy-pick" open={open || !!error}>
      <summary>
        <Icon of={ChevronRight} small />
        {t("admin.allowed.agents")} {chosen.length > 0 && <span className="meta num">({chosen.length})</span>}
      </summary>
      {chosen.length > 0 && (
        <div className="cluster policy-chips">
          {chosen.map((a) => (
            <span key={a.id} className="chip chip-word">
              {a.name || t("admin.allowed.gone")}
              <button type="button" aria-label={t("app.remove", { name: a.name })} onClick={() => onChange(chosen.filter((c) => c.id !== a.id))}>
                <Icon of={X} small />
              </button>
            </span>
          ))}
        </div>
      )}
      <AgentPicker label={t("admin.allowed.find_agent")} not={chosen.map((c) => c.id)} onPick={(p) => onChange([...chosen, { id: p.id, name: p.name }])} />
      {error && (
        <p className="error" data-tone="danger" role="alert">
          {error}
        </p>
      )}
    </details>
  );
}
