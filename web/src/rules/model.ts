import { type Action, unfinished } from "@/actions/model";
import { type Node, isList, leaves, read, unfilled } from "@/tickets/condition";

// Rules as their screens know them: docs/rules.md says what they mean.

export const kinds = ["create", "update", "time", "assign"] as const;
export type Kind = (typeof kinds)[number];
export const performers = ["agent", "requester", "system", "partner", "rule"] as const;
export type Performer = (typeof performers)[number];
export type Hours = "any" | "during" | "outside";
export type RuleEvent = { event: string; from?: string; to?: string };
export type Warning = { code: string; text: string };

/** What of a rule is edited. */
export type Draft = {
  kind: Kind;
  name: string;
  description: string;
  enabled: boolean;
  brand_id: number;
  hours: Hours;
  calendar_id: number;
  performers: Performer[];
  events: RuleEvent[];
  condition: unknown;
  actions: Action[];
};

export type Rule = Draft & {
  id: number;
  position: number;
  version: number;
  author: { id: number; name: string } | null;
  confined: boolean;
  updated_at: string;
  updated_by: { id: number; name: string } | null;
  matched_7_days: number;
  last_matched_at: string | null;
  warnings: Warning[];
};

/** Where in the address a kind of rule lives. */
export const pathOf = (kind: Kind) => `/admin/rules/${kind}`;
export const isKind = (text: string | undefined): text is Kind => kinds.includes(text as Kind);

/** Whether somebody does what a rule of a kind looks at; time passes by itself. */
export const hasPerformer = (kind: Kind) => kind !== "time";

/** Whether conditions of a kind of rule can ask what has just changed. */
export const changesCount = (kind: Kind) => kind === "update" || kind === "assign";

export const blank = (kind: Kind): Draft => ({
  kind, name: "", description: "", enabled: true, brand_id: 0, hours: "any", calendar_id: 0, performers: [], events: [], condition: { all: [] }, actions: [],
});

/** draftOf takes of a rule what is edited. */
export const draftOf = (r: Rule): Draft => ({
  kind: r.kind,
  name: r.name,
  description: r.description,
  enabled: r.enabled,
  brand_id: r.brand_id,
  hours: r.hours,
  calendar_id: r.calendar_id,
  performers: r.performers ?? [],
  events: r.events ?? [],
  condition: r.condition ?? { all: [] },
  actions: r.actions ?? [],
});

/** treeOf reads the condition of a draft; undefined where it asks for nothing. */
export function treeOf(draft: Pick<Draft, "condition">): Node | undefined {
  const node = read(draft.condition ?? {});
  return node && leaves(node) > 0 ? node : undefined;
}

/** changes gives what of a draft differs from another one. */
export function changes(before: Draft, now: Draft): Partial<Draft> {
  const out: Partial<Draft> = {};
  for (const key of Object.keys(now) as (keyof Draft)[]) {
    if (JSON.stringify(before[key]) !== JSON.stringify(now[key])) Object.assign(out, { [key]: now[key] });
  }
  return out;
}

/** stepOf says on which step of the screen the server's word about a place belongs: actions are the second. */
export const stepOf = (location: string): 1 | 2 => (location.replace(/^body\./, "").startsWith("actions") ? 2 : 1);

/** waits says what the first step still waits for. */
export function waits(draft: Draft): "name" | "condition" | undefined {
  if (!draft.name.trim()) return "name";
  const tree = treeOf(draft);
  return tree && unfilled(tree) ? "condition" : undefined;
}

/** halts says what the second step still waits for: an action at all, or the first that is not whole. */
export function halts(draft: Draft): { at: number } | "none" | undefined {
  if (draft.actions.length === 0) return "none";
  const at = draft.actions.findIndex(unfinished);
  return at < 0 ? undefined : { at };
}

/** The people and companies that a condition names by their ids. */
export function namedIn(node: Node | undefined, fields: readonly { key: string; type: string }[]): { people: number[]; companies: number[] } {
  const people = new Set<number>();
  const companies = new Set<number>();
  const walk = (n: Node) => {
    if (isList(n)) return n.items.forEach(walk);
    const type = fields.find((f) => f.key === n.field)?.type;
    const into = type === "person" ? people : type === "company" ? companies : undefined;
    for (const v of Array.isArray(n.value) ? n.value : [n.value]) if (typeof v === "number") into?.add(v);
  };
  if (node) walk(node);
  return { people: [...people], companies: [...companies] };
}

/** The people whom actions name by their ids. */
export function peopleIn(actions: readonly Action[]): number[] {
  const targets = actions.flatMap((a) => [...(a.targets ?? []), ...(a.to ?? [])]).flatMap((x) => ((x.kind === "agent" || x.kind === "requester") && x.id ? [x.id] : []));
  return [...new Set([...targets, ...actions.flatMap((a) => [...(a.people ?? []), ...(a.person_id ? [a.person_id] : [])])])];
}
