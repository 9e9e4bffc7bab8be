import { useQueries, useQuery } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { known, t, tn } from "@/app/i18n";
import { useMay } from "@/app/session";
import { type ShareTemplate, shareTemplates } from "@/sharing/api";
import { levelName } from "@/sharing/model";
import { plainOf } from "@/desk/snippetText";
import { type Field, filters } from "@/tickets/api";
import { choiceName, fieldName } from "@/tickets/filterWords";
import type { Action, ActionTarget } from "./model";

// Names for the ids in actions, and sentences of what an action does.

export type Names = { person: (id: number) => string; group: (id: number) => string; template: (id: number) => string; fields: readonly Field[] };

const idsOf = (a: Action) => [
  ...(a.person_id ? [a.person_id] : []),
  ...(a.people ?? []),
  ...[...(a.targets ?? []), ...(a.to ?? [])].flatMap((x) => ((x.kind === "agent" || x.kind === "requester") && x.id ? [x.id] : [])),
];

/** useTemplates gives the share templates of the desk; none to whoever may not see them. */
export function useTemplates(needed = true): ShareTemplate[] {
  const may = [useMay("tickets.share"), useMay("shares.manage")].some(Boolean);
  return useQuery({ ...shareTemplates, enabled: needed && may }).data ?? [];
}

/** useNames finds the names of those whom actions are about. One who is gone is a number. */
export function useNames(actions: readonly Action[]): Names {
  const fields = useQuery(filters).data ?? [];
  const templates = useTemplates(actions.some((a) => a.template_id));
  const ids = [...new Set(actions.flatMap(idsOf))];
  const asked = useQueries({
    queries: ids.map((id) => ({
      queryKey: ["name", "person", id],
      queryFn: async () => (await call(client.GET("/people/{id}", { params: { path: { id } } }))).name,
      retry: false,
      staleTime: Infinity,
    })),
  });
  const people = new Map(ids.map((id, i) => [id, asked[i]?.data]));
  const groups = fields.find((f) => f.key === "group")?.choices ?? [];
  return {
    fields,
    person: (id) => people.get(id) || `#${id}`,
    group: (id) => groups.find((g) => g.value === id)?.name ?? `#${id}`,
    template: (id) => templates.find((x) => x.id === id)?.name ?? `#${id}`,
  };
}

/** targetName says whom a target stands for. */
export function targetName(target: ActionTarget, names: Names): string {
  const id = target.id ?? 0;
  switch (target.kind) {
    case "agent":
      return names.person(id);
    case "group":
      return names.group(id);
    case "requester":
      return id ? names.person(id) : t("actions.target.requester");
    case "field_group": {
      const field = names.fields.find((f) => f.key === `field:${id}`);
      return t("actions.target.field_group", { field: field ? fieldName(field) : `#${id}` });
    }
    default:
      return t(`actions.target.${target.kind}` as "actions.target.group_owner");
  }
}

const listed = (items: readonly string[]) => items.join(", ");
const short = (html: string | undefined) => {
  const text = plainOf(html ?? "").replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** hoursName puts a span into words: "7 days". */
export function hoursName(hours: number): string {
  if (hours === 0) return t("actions.never");
  return hours % 24 === 0 ? tn("actions.days", hours / 24) : tn("actions.hours", hours);
}

/** say puts into a sentence what an action does: "Share with Billing (Can edit)". */
export function say(a: Action, names: Names): string {
  const targets = listed((a.targets ?? a.to ?? []).map((x) => targetName(x, names)));
  switch (a.do) {
    case "set": {
      const field = names.fields.find((f) => f.key === a.field);
      const choice = field?.choices.find((c) => String(c.value) === a.value);
      const value = field && choice ? choiceName(field, choice) : field?.type === "boolean" ? t(a.value === "true" ? "app.yes" : "app.no") : (a.value ?? "");
      const name = field ? fieldName(field) : (a.field ?? "");
      return value === "" ? t("actions.say.clear", { field: name }) : t("actions.say.set", { field: name, value });
    }
    case "assign":
      if (a.how === "person") return t("actions.say.assign", { name: names.person(a.person_id ?? 0) });
      if (a.how === "nobody") return t("actions.say.assign_nobody");
      return t(a.how === "round_robin" ? "actions.say.round_robin" : "actions.say.least_loaded", { group: a.group_id ? names.group(a.group_id) : t("actions.own_group") });
    case "add_tags":
    case "remove_tags":
      return t(a.do === "add_tags" ? "actions.say.add_tags" : "actions.say.remove_tags", { tags: listed(a.tags ?? []) });
    case "reply":
    case "note":
      return t(a.do === "reply" ? "actions.say.reply" : "actions.say.note", { text: short(a.html) });
    case "notify":
      return t("actions.say.notify", { names: targets, subject: a.subject ?? "" });
    case "add_cc":
      return t("actions.say.add_cc", { names: listed(a.addresses ?? []) });
    case "add_followers":
      return t("actions.say.add_followers", { names: listed((a.people ?? []).map(names.person)) });
    case "share": {
      if (a.template_id) return t("actions.say.share_template", { name: names.template(a.template_id) });
      const who = a.level ? t("actions.say.share_level", { names: targets, level: levelName(a.level) }) : t("actions.say.share", { names: targets });
      return a.expires_in_hours ? t("actions.say.for", { what: who, span: hoursName(a.expires_in_hours) }) : who;
    }
    case "unshare":
      return t("actions.say.unshare", { names: targets });
    case "set_level":
      return t("actions.say.set_level", { names: targets, level: levelName(a.level ?? "view") });
    case "set_expiry":
      return a.expires_in_hours ? t("actions.say.set_expiry", { names: targets, span: hoursName(a.expires_in_hours) }) : t("actions.say.no_expiry", { names: targets });
    case "make_link":
      return a.expires_in_hours ? t("actions.say.for", { what: t("actions.kind.make_link"), span: hoursName(a.expires_in_hours) }) : t("actions.kind.make_link");
    default:
      return kindName(a.do);
  }
}

/** kindName is what a kind of action is called. */
export function kindName(kind: string): string {
  const key = `actions.kind.${kind}`;
  return known(key) ? t(key) : kind;
}
