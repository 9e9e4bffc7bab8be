import type { Field } from "@/tickets/api";

// What a rule or a macro does, as the API writes it: docs/macros.md. The server has the last word on every action.

export const kinds = [
  "set", "assign", "add_tags", "remove_tags", "reply", "note", "notify", "add_cc", "add_followers", "webhook", "share", "unshare", "unshare_all", "set_level",
  "set_expiry", "make_link", "revoke_links", "spam", "delete",
] as const;
export type Kind = (typeof kinds)[number];
/** Those that no macro has. */
export const rulesOnly: readonly Kind[] = ["notify", "spam", "delete"];

export type Level = "view" | "comment" | "edit";
export type TargetKind = "agent" | "group" | "requester" | "group_owner" | "account_manager" | "field_group" | "assignee" | "assigned_group";
export type ActionTarget = { kind: TargetKind; id?: number };

/** One action. Only the members of its kind are set. */
export type Action = {
  do: Kind;
  field?: string;
  value?: string;
  how?: "person" | "round_robin" | "least_loaded" | "nobody";
  person_id?: number;
  group_id?: number;
  tags?: string[];
  html?: string;
  subject?: string;
  to?: ActionTarget[];
  addresses?: string[];
  people?: number[];
  webhook_id?: number;
  targets?: ActionTarget[];
  level?: Level;
  see_internal?: boolean;
  reply_public?: boolean;
  forward?: boolean;
  can_reshare?: boolean;
  expires_in_hours?: number;
  reason?: string;
  notify?: boolean;
  template_id?: number;
  label?: string;
};

/** The properties that can be set, own fields aside, in the order of the filters. */
const settable = ["status", "own_status", "priority", "type", "private", "inbox", "group", "department", "subject"];

/** fieldsToSet gives the fields that an action can set, of all that the server knows. */
export const fieldsToSet = (fields: readonly Field[]) => [
  ...settable.flatMap((key) => fields.filter((f) => f.key === key)),
  ...fields.filter((f) => f.key.startsWith("field:")),
];

/** clearable says whether a field can be emptied. */
export const clearable = (key: string) => key === "group" || key === "department" || key === "own_status" || key.startsWith("field:");

/** startValue gives what a field is set to first. */
export function startValue(field: Field | undefined): string {
  if (!field) return "";
  if (field.type === "boolean") return "true";
  return field.choices.length > 0 && !clearable(field.key) ? String(field.choices[0]?.value ?? "") : "";
}

/** blank gives a fresh action of a kind. */
export function blank(kind: Kind, fields: readonly Field[] = []): Action {
  switch (kind) {
    case "set": {
      const field = fieldsToSet(fields)[0];
      return { do: "set", field: field?.key ?? "status", value: startValue(field) };
    }
    case "assign":
      return { do: "assign", how: "person" };
    case "add_tags":
    case "remove_tags":
      return { do: kind, tags: [] };
    case "reply":
    case "note":
      return { do: kind, html: "" };
    case "notify":
      return { do: "notify", to: [], subject: "", html: "" };
    case "add_cc":
      return { do: "add_cc", addresses: [] };
    case "add_followers":
      return { do: "add_followers", people: [] };
    case "share":
    case "unshare":
      return { do: kind, targets: [] };
    case "set_level":
      return { do: "set_level", targets: [], level: "view" };
    case "set_expiry":
      return { do: "set_expiry", targets: [], expires_in_hours: 168 };
    case "make_link":
      return { do: "make_link", level: "view", expires_in_hours: 168 };
    default:
      return { do: kind };
  }
}

/** unfinished says whether an action still waits for something. */
export function unfinished(a: Action): boolean {
  switch (a.do) {
    case "set":
      return !a.value && !clearable(a.field ?? "");
    case "assign":
      return a.how === "person" && !a.person_id;
    case "add_tags":
    case "remove_tags":
      return !a.tags?.length;
    case "reply":
    case "note":
      return !a.html;
    case "notify":
      return !a.html || !a.subject?.trim() || !a.to?.length;
    case "add_cc":
      return !a.addresses?.length;
    case "add_followers":
      return !a.people?.length;
    case "webhook":
      return !a.webhook_id;
    case "share":
    case "unshare":
    case "set_level":
    case "set_expiry":
      return !a.targets?.length && !a.template_id;
    default:
      return false;
  }
}

/** without leaves members out of an action, such as a choice that goes back to the desk's own. */
export function without(a: Action, ...members: (keyof Action)[]): Action {
  return Object.fromEntries(Object.entries(a).filter(([key]) => !members.includes(key as keyof Action))) as Action;
}

/** An action in a list that people edit: key tells it from the others wherever it is moved. */
export type Keyed = { key: number; action: Action };

let last = 0;
export const keyed = (action: Action): Keyed => ({ key: ++last, action });

/** moved puts the entry at one place to another. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}
