import { type Key, known, t } from "@/app/i18n";
import { type Names, actionWords, listed, strong } from "./words";
import type { Field } from "@/tickets/api";
import { type Leaf, type Node, type Value, isList, takesNone } from "@/tickets/condition";
import { choiceName, fieldName, opName } from "@/tickets/filterWords";
import { type Draft, type RuleEvent, hasPerformer, treeOf } from "./model";

// A rule as one sentence, written anew while it is edited.

/** sentence says what a rule does: "When an agent changes a ticket, if Status is Solved, then share with HR (Can view)." What was chosen is marked. */
export function sentence(draft: Draft, names: Names): string {
  const tree = treeOf(draft);
  return t("rules.say", {
    when: whenWords(draft, names),
    where: draft.brand_id ? t("rules.say.brand", { brand: strong(names.brand(draft.brand_id)) }) : "",
    hours: draft.hours === "any" ? "" : t(`rules.say.${draft.hours}`, { calendar: draft.calendar_id ? ` (${strong(names.calendar(draft.calendar_id))})` : "" }),
    condition: tree ? t("rules.say.condition", { condition: conditionWords(tree, names) }) : "",
    actions: draft.actions.length > 0 ? listed(draft.actions.map((a) => actionWords(a, names))) : t("rules.say.nothing"),
  });
}

function whenWords(draft: Draft, names: Names): string {
  const by = hasPerformer(draft.kind) ? draft.performers : [];
  const who = listed(by.map((p) => t(`rules.say.performer.${p}`)), "disjunction");
  const start = who ? t(`rules.say.${draft.kind}_by` as Key, { who: strong(who) }) : t(`rules.say.${draft.kind}`);
  if (draft.kind !== "update" || draft.events.length === 0) return start;
  return start + t("rules.say.events", { events: listed(draft.events.map((e) => eventWords(e, names)), "disjunction") });
}

/** eventName names what an update rule waits for: "a reply is added", "Status changes". */
export function eventName(event: string, fields: readonly Field[], own = ""): string {
  const key = `rules.event.${event}`;
  if (known(key)) return t(key);
  return t("rules.event.changes", { field: own || nameOf(event, fields) });
}

/** nameOf names a property in an event; own fields bring theirs. */
export function nameOf(key: string, fields: readonly Field[]): string {
  const field = fields.find((f) => f.key === key);
  if (field) return fieldName(field);
  const text = `tickets.field.${key}`;
  return known(text) ? t(text) : key;
}

function eventWords(e: RuleEvent, names: Names): string {
  const key = `rules.event.${e.event}`;
  if (known(key)) return strong(t(key));
  const field = names.fields.find((f) => f.key === e.event);
  const value = (v: string) => strong(eventValue(field, v, names));
  const about = strong(nameOf(e.event, names.fields));
  if (e.from !== undefined && e.to !== undefined) return t("rules.say.from_to", { field: about, from: value(e.from), to: value(e.to) });
  if (e.to !== undefined) return t("rules.say.to", { field: about, to: value(e.to) });
  if (e.from !== undefined) return t("rules.say.from", { field: about, from: value(e.from) });
  return t("rules.say.changes", { field: about });
}

/** eventValue names a value of an event, which is written as the history has it. */
export function eventValue(field: Field | undefined, value: string, names: Names): string {
  if (value === "") return t("rules.event.nothing");
  if (!field) return value;
  if (field.type === "person") return /^\d+$/.test(value) ? names.person(Number(value)) : value;
  if (field.type === "boolean") return t(value === "true" ? "app.yes" : "app.no");
  const choice = field.choices.find((c) => String(c.value) === value);
  return choice ? choiceName(field, choice) : value;
}

/** conditionWords says what a condition asks for, with the names behind ids. */
export function conditionWords(node: Node, names: Names): string {
  if (isList(node)) {
    const inner = node.items.map((n) => (isList(n) && n.items.length > 1 ? `(${conditionWords(n, names)})` : conditionWords(n, names)));
    return inner.join(` ${t(node.kind === "any" ? "tickets.filter.or" : "tickets.filter.and")} `);
  }
  return leafWords(node, names);
}

function leafWords(leaf: Leaf, names: Names): string {
  const field = names.fields.find((f) => f.key === leaf.field);
  if (!field) return [leaf.field, leaf.op, JSON.stringify(leaf.value ?? "")].join(" ");
  const value = takesNone(leaf.op) ? "" : valueWords(field, leaf.value, names);
  return [fieldName(field), opName(field, leaf.op), takesNone(leaf.op) ? "" : strong(value || "…")].filter(Boolean).join(" ");
}

function valueWords(field: Field, value: Value | undefined, names: Names): string {
  if (value === undefined || value === null || value === "") return "";
  if (typeof value === "boolean") return t(value ? "app.yes" : "app.no");
  if (Array.isArray(value)) return value.map((v) => valueWords(field, v, names)).join(", ");
  if (typeof value === "object") return "days" in value ? `${value.days} ${t("tickets.filter.days")}` : `${value.hours} ${t("tickets.filter.hours")}`;
  const choice = field.choices.find((c) => c.value === value);
  if (choice) return choiceName(field, choice);
  if (field.type === "person" && typeof value === "number") return names.person(value);
  if (field.type === "company" && typeof value === "number") return names.company(value);
  return String(value);
}
