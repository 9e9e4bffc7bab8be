import type { Level } from "@/sharing/model";

// One thing that a rule or a macro does, as the API takes it, and what a screen knows of each kind without asking.

export type TargetKind = "agent" | "group" | "requester" | "group_owner" | "account_manager" | "field_group";
/** Whom an action shares with or tells. Those that are found by each ticket have no id, a group named in an own field has the field's. */
export type ActionTarget = { kind: TargetKind; id?: number };
export type Receiver = { kind: "agent" | "group" | "requester" | "assignee" | "assigned_group"; id?: number };
export type How = "person" | "round_robin" | "least_loaded" | "nobody";

export type Action = {
  do: string;
  field?: string;
  value?: string;
  how?: How;
  person_id?: number;
  group_id?: number;
  tags?: string[];
  subject?: string;
  html?: string;
  to?: Receiver[];
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

/** The kinds, in the order in which people choose from them. */
export const kinds = [
  "set", "assign", "add_tags", "remove_tags", "reply", "note", "notify", "add_cc", "add_followers", "webhook",
  "share", "unshare", "unshare_all", "set_level", "set_expiry", "make_link", "revoke_links", "spam", "delete",
] as const;
export type Kind = (typeof kinds)[number];

/** The headings under which the kinds are offered. */
export const families: { of: "ticket" | "people" | "talk" | "share" | "away"; kinds: readonly Kind[] }[] = [
  { of: "share", kinds: ["share", "unshare", "unshare_all", "set_level", "set_expiry", "make_link", "revoke_links"] },
  { of: "ticket", kinds: ["set", "add_tags", "remove_tags"] },
  { of: "people", kinds: ["assign", "add_cc", "add_followers"] },
  { of: "talk", kinds: ["reply", "note", "notify", "webhook"] },
  { of: "away", kinds: ["spam", "delete"] },
];

/** The most recipients of one share, which the desk's cap may lower (S3-12). */
export const mostTargets = 25;
export const mostActions = 20;

export const isOwnField = (key: string) => key.startsWith("field:");
/** What the action "set" can set, besides own fields. */
export const settable = ["status", "own_status", "priority", "type", "group", "inbox", "department", "private", "subject"] as const;

/** needsId says whether a target is somebody in particular. */
export const needsId = (kind: string) => kind === "agent" || kind === "group" || kind === "requester";
/** targetKey tells targets apart. */
export const targetKey = (t: ActionTarget) => `${t.kind}:${t.id ?? 0}`;
/** begin gives a fresh action of a kind. level is what the desk shares at by itself. */
export function begin(kind: Kind, level: Level = "edit"): Action {
  switch (kind) {
    case "set":
      return { do: kind, field: "status", value: "open" };
    case "assign":
      return { do: kind, how: "person" };
    case "add_tags":
    case "remove_tags":
      return { do: kind, tags: [] };
    case "reply":
    case "note":
      return { do: kind, html: "" };
    case "notify":
      return { do: kind, to: [{ kind: "assignee" }], subject: "", html: "" };
    case "add_cc":
      return { do: kind, addresses: [] };
    case "add_followers":
      return { do: kind, people: [] };
    case "share":
      return { do: kind, targets: [], level, see_internal: true, reply_public: true, forward: false, can_reshare: false, expires_in_hours: 0, reason: "", notify: true };
    case "unshare":
      return { do: kind, targets: [] };
    case "set_level":
      return { do: kind, targets: [], level };
    case "set_expiry":
      return { do: kind, targets: [], expires_in_hours: 7 * 24 };
    case "make_link":
      return { do: kind, level: "view", expires_in_hours: 14 * 24, label: "" };
    default:
      return { do: kind };
  }
}

/** The reasons for which an action cannot be sent yet. */
export type Lack = "value" | "person" | "tags" | "text" | "subject" | "receivers" | "addresses" | "people" | "webhook" | "targets";

/** lacks says what an action still waits for; undefined when it is whole. The server has the last word. */
export function lacks(a: Action): Lack | undefined {
  const none = (list: unknown[] | undefined) => !list || list.length === 0;
  switch (a.do) {
    case "set":
      return (a.field === "subject" || a.field === "inbox") && !a.value?.trim() ? "value" : undefined;
    case "assign":
      return a.how === "person" && !a.person_id ? "person" : undefined;
    case "add_tags":
    case "remove_tags":
      return none(a.tags) ? "tags" : undefined;
    case "reply":
    case "note":
      return a.html?.trim() ? undefined : "text";
    case "notify":
      if (none(a.to)) return "receivers";
      if (!a.subject?.trim()) return "subject";
      return a.html?.trim() ? undefined : "text";
    case "add_cc":
      return none(a.addresses) ? "addresses" : undefined;
    case "add_followers":
      return none(a.people) ? "people" : undefined;
    case "webhook":
      return a.webhook_id ? undefined : "webhook";
    case "share":
      return none(a.targets) && !a.template_id ? "targets" : undefined;
    case "unshare":
    case "set_level":
    case "set_expiry":
      return none(a.targets) ? "targets" : undefined;
    default:
      return undefined;
  }
}

/** move puts an item of a list to another place. */
export function move<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(Math.max(0, Math.min(to, next.length)), 0, item);
  return next;
}

/** The people and groups that actions name by their ids. */
export function namedIn(actions: readonly Action[]): { people: number[]; groups: number[] } {
  const people = new Set<number>();
  const groups = new Set<number>();
  for (const a of actions) {
    for (const t of [...(a.targets ?? []), ...(a.to ?? [])]) {
      if ((t.kind === "agent" || t.kind === "requester") && t.id) people.add(t.id);
      if (t.kind === "group" && t.id) groups.add(t.id);
    }
    if (a.person_id) people.add(a.person_id);
    if (a.group_id) groups.add(a.group_id);
    for (const id of a.people ?? []) people.add(id);
  }
  return { people: [...people], groups: [...groups] };
}
