import type { Schema } from "@/api/client";
import { t } from "@/app/i18n";
import { inWords } from "@/tickets/filterWords";
import type { Field } from "@/tickets/api";
import { read } from "@/tickets/condition";

// An entry of the sharing policy as a sentence: "People with the role Agent may not share tickets of Acme with HR."

export type Entry = Schema<"PolicyEntry">;
export type Saying = Pick<Entry, "allow" | "requesters" | "condition" | "all_agents" | "all_groups" | "all_requesters" | "all_partners"> &
  Record<Lists, { id: number; name: string }[]>;
export type Lists = "roles" | "brands" | "groups" | "agents" | "to_groups" | "agents_of_brands" | "members_of_groups" | "partners";

/** partnersIn gives the other desks that tickets can go to, by the choices of the condition about them. */
export const partnersIn = (fields: readonly Field[]) => (fields.find((f) => f.key === "partner_to")?.choices ?? []).map((c) => ({ id: Number(c.value), name: c.name }));

const or = (parts: string[]) => parts.filter(Boolean).join(` ${t("admin.allowed.or")} `);
const names = (list: { name: string }[]) => or(list.map((x) => x.name || t("admin.allowed.gone")));

function who(e: Saying): string {
  return or([e.roles.length ? t("admin.allowed.who_roles", { names: names(e.roles) }) : "", e.requesters ? t("admin.allowed.who_requesters") : ""]) || t("admin.allowed.who_all");
}

function where(e: Saying, fields: readonly Field[]): string {
  const node = read(e.condition);
  const parts = [
    e.brands.length ? t("admin.allowed.where_brands", { names: names(e.brands) }) : "",
    e.groups.length ? t("admin.allowed.where_groups", { names: names(e.groups) }) : "",
    node ? t("admin.allowed.where_condition", { condition: inWords(node, fields) }) : "",
  ].filter(Boolean);
  return parts.length ? t("admin.allowed.where", { parts: parts.join(" ") }) : t("admin.allowed.where_all");
}

function whom(e: Saying): string {
  const parts = [
    e.all_agents ? t("admin.allowed.whom_agents") : "",
    e.all_groups ? t("admin.allowed.whom_groups") : "",
    e.all_requesters ? t("admin.allowed.whom_requesters") : "",
    e.all_partners ? t("admin.allowed.whom_partners") : "",
    e.to_groups.length ? t("admin.allowed.whom_to", { names: names(e.to_groups) }) : "",
    e.members_of_groups.length ? t("admin.allowed.whom_members", { names: names(e.members_of_groups) }) : "",
    e.agents_of_brands.length ? t("admin.allowed.whom_brands", { names: names(e.agents_of_brands) }) : "",
    e.agents.length ? names(e.agents) : "",
    e.partners.length ? t("admin.allowed.whom_partner", { names: names(e.partners) }) : "",
  ];
  return or(parts) || t("admin.allowed.whom_all");
}

/** sentence says what an entry does. */
export function sentence(e: Saying, fields: readonly Field[]): string {
  const all = e.roles.length === 0 && !e.requesters;
  return t(e.allow ? "admin.allowed.yes" : all ? "admin.allowed.none" : "admin.allowed.no", { who: who(e), where: where(e, fields), whom: whom(e) });
}
