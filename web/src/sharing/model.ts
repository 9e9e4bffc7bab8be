import type { Schema } from "@/api/client";
import type { Me, Share, Ticket } from "@/api/queries";
import { type Key, t, tn } from "@/app/i18n";
import { ago } from "@/app/time";
import type { AvatarKind } from "@/ui/Avatar";

// What a share means, apart from how it is drawn: levels, what may be given away, reasons, ends and addresses.

export type Level = Share["level"];
export type Sight = Schema<"Sight">;
export type SightReason = Schema<"SightReason">;
/** Somebody or something that a ticket can be shared with. A partner is another desk: the terms of its agreement stand in place of a level. */
export type Choice = Schema<"TargetChoice">;
export type Target = Pick<Choice, "kind" | "id" | "name">;
export type Terms = Pick<Share, "level" | "see_internal" | "reply_public" | "forward" | "can_reshare">;
export type Flag = "see_internal" | "reply_public" | "forward" | "can_reshare";
type Settings = Me["settings"];

export const levels: Level[] = ["view", "comment", "edit"];
const ranks: Record<string, number> = { view: 1, comment: 2, edit: 3, full: 4 };

/** rank orders levels; 0 is none. */
export const rank = (level: string | null | undefined) => ranks[level ?? ""] ?? 0;

/** levelName puts a level in words: "Can edit". */
export function levelName(level: string): string {
  const names: Record<string, Key> = { view: "sharing.level.view", comment: "sharing.level.comment", edit: "sharing.level.edit", full: "sharing.level.full" };
  return t(names[level] ?? "sharing.level.none");
}

export const keyOf = (target: Pick<Target, "kind" | "id">) => `${target.kind}:${target.id}`;
export const isPartner = (target: Pick<Target, "kind">) => target.kind === "partner";
export const isOutside = (target: Pick<Target, "kind">) => target.kind === "requester" || isPartner(target);
/** The shape that a target is drawn in. */
export const shapeOf = (kind: string): AvatarKind => (kind === "group" || kind === "partner" ? kind : "person");

/** onlyByShare says whether a reader's ways in are shares alone. */
export const onlyByShare = (reasons: readonly { way: string }[]) => reasons.length > 0 && reasons.every((r) => r.way === "share" || r.way === "group_share");

/** maySetShares says whether somebody may change whom a ticket is shared with: the rule of the server, for what to offer. */
export function maySetShares(ticket: Pick<Ticket, "rights" | "reasons">, permissions: readonly string[]): boolean {
  return ticket.rights.includes("share") || (permissions.includes("shares.manage") && ticket.rights.includes("see") && !onlyByShare(ticket.reasons));
}

/** holds gives the most that somebody can give away: never more than they hold themselves. */
export function holds(rights: readonly string[], permissions: readonly string[], settings: Settings): Terms {
  const has = (right: string) => rights.includes(right);
  return {
    level: has("edit") ? "edit" : has("note") || has("reply") ? "comment" : "view",
    see_internal: has("see_internal"),
    reply_public: has("reply"),
    forward: has("forward") && settings["sharing.forward_on_shared"] === true,
    can_reshare: has("share") || permissions.includes("shares.manage"),
  };
}

/** startTerms gives what the dialog offers first: the account's defaults, as far as one may give them. */
export function startTerms(most: Terms, settings: Settings): Terms {
  const usual = settings["sharing.default_level"];
  const level = levels.find((l) => l === usual) ?? "edit";
  return {
    level: rank(level) > rank(most.level) ? most.level : level,
    see_internal: most.see_internal,
    reply_public: most.reply_public,
    forward: most.forward,
    can_reshare: most.can_reshare && settings["sharing.recipients_can_reshare"] === true,
  };
}

/** fromTemplate gives the terms of a template, as far as one may give them; what it leaves open is as usual. */
export function fromTemplate(template: Schema<"ShareTemplate">, usual: Terms, most: Terms, now = Date.now()) {
  const level = template.level ?? usual.level;
  const flag = (name: Flag) => (template[name] ?? usual[name]) && most[name];
  return {
    level: rank(level) > rank(most.level) ? most.level : level,
    see_internal: flag("see_internal"),
    reply_public: flag("reply_public"),
    forward: flag("forward"),
    can_reshare: flag("can_reshare"),
    ...(template.expiry_hours ? { end: "date", date: localMoment(new Date(now + template.expiry_hours * 3_600_000)) } : {}),
    reason: template.reason,
    note: template.note,
  };
}

/** counts says whether a flag makes a difference at a level; flags that make none are not offered. */
export const counts = (flag: Flag, level: Level) => flag === "see_internal" || level === "edit";

/** effect names the sentences that say what terms let somebody do. */
export function effect(terms: Terms, outside = false): Key[] {
  if (outside) return [terms.level === "view" ? "sharing.effect.requester_view" : "sharing.effect.requester"];
  const out: Key[] = [];
  if (terms.level === "view") out.push(terms.see_internal ? "sharing.effect.view" : "sharing.effect.view_public");
  else if (terms.level === "comment") out.push(terms.see_internal ? "sharing.effect.comment" : "sharing.effect.comment_public");
  else {
    if (terms.see_internal) out.push(terms.reply_public ? "sharing.effect.edit" : "sharing.effect.edit_noreply");
    else out.push(terms.reply_public ? "sharing.effect.edit_public" : "sharing.effect.edit_public_noreply");
    if (terms.can_reshare) out.push("sharing.effect.reshare");
    if (terms.forward) out.push("sharing.effect.forward");
  }
  return out;
}

/** why puts a way in into words. by is the share that it stands on, where there is one. */
export function why(reason: SightReason, by?: Share): string {
  switch (reason.way) {
    case "reach":
      return reason.group ? t("sharing.why.group", { group: reason.group }) : t("sharing.why.reach");
    case "assignee":
      return t("sharing.why.assignee");
    case "share":
      return by ? sharedBy(by) : t("sharing.why.share");
    case "group_share":
      return t("sharing.why.group_share", { group: reason.group ?? "" });
    case "requester":
      return t("sharing.why.requester");
    default:
      return t("sharing.why.cc");
  }
}

/** sharedBy says who made a share, and how if not by hand. */
export function sharedBy(share: Pick<Share, "created_by" | "cause">): string {
  const name = share.created_by?.name;
  const how = share.cause.kind;
  if (how === "rule") return t("sharing.by.rule", { name: share.cause.name });
  if (how === "hand_over") return t("sharing.by.hand_over", { name: name ?? "" });
  if (!name) return t("sharing.by.desk");
  if (how === "macro") return t("sharing.by.macro", { name, macro: share.cause.name });
  if (how === "bulk") return t("sharing.by.bulk", { name });
  if (how === "token") return t("sharing.by.token", { name });
  return t("sharing.by.person", { name });
}

/** remains gives the ways in that stay when a share ends; none means that the person loses sight of the ticket. */
export function remains(sight: Sight | undefined, shareId: number): SightReason[] {
  return (sight?.reasons ?? []).filter((r) => r.share_id !== shareId);
}

/** afterwards says what removing a share does to somebody: "no access any more". */
export function afterwards(share: Share, sights: readonly Sight[]): string {
  if (share.target.kind === "group") {
    const through = sights.filter((s) => s.reasons.some((r) => r.share_id === share.id));
    const lose = through.filter((s) => remains(s, share.id).length === 0).length;
    return lose === 0 ? t("sharing.after.group_none") : tn("sharing.after.group", lose);
  }
  const sight = sights.find((s) => s.person.id === share.target.id);
  const stays = remains(sight, share.id);
  return stays[0] ? t("sharing.after.kept", { why: still(stays[0]) }) : t("sharing.after.lost");
}

function still(reason: SightReason): string {
  if (reason.group) return t("sharing.still.group", { group: reason.group });
  if (reason.way === "assignee") return t("sharing.still.assignee");
  if (reason.way === "requester") return t("sharing.still.requester");
  if (reason.way === "cc") return t("sharing.still.cc");
  return t("sharing.still.role");
}

/** The direction of sharing from the reader's side. */
export type Direction = "none" | "out" | "in" | "both";

/** direction says which way a ticket is shared, seen by its reader. */
export function direction(ticket: Pick<Ticket, "reasons" | "shares">): Direction {
  if (!onlyByShare(ticket.reasons)) return ticket.shares > 0 ? "out" : "none";
  const own = new Set(ticket.reasons.map((r) => r.share_id)).size;
  return ticket.shares > own ? "both" : "in";
}

/** soonest gives the earliest end of shares within the given days; "" where none ends by then. */
export function soonest(list: readonly Pick<Share, "expires_at">[], withinDays: number, now = Date.now()): string {
  const ends = list.flatMap((s) => (s.expires_at ? [s.expires_at] : [])).sort();
  const first = ends[0];
  return first && new Date(first).getTime() - now < withinDays * 86_400_000 ? first : "";
}

/** ends says when a share ends: "Ends in 2 days". A minute that has begun is not taken off. */
export const ends = (at: string, now = Date.now()) =>
  new Date(at).getTime() <= now ? t("sharing.ended") : t("sharing.ends", { when: ago(at, "long", now - 60_000) });

/** A choice of the select of ends: "" the desk's own, a number of days, "date", or "keep" for one that stands. */
export type EndChoice = { value: string; label: string };

/** endChoices gives the ends that may be chosen here. */
export function endChoices(settings: Settings, change = false): EndChoice[] {
  const usual = Number(settings["sharing.default_expiry_days"] ?? 0);
  const most = Number(settings["sharing.max_expiry_days"] ?? 0);
  const first = change ? (most > 0 ? undefined : t("sharing.end.none")) : usual > 0 ? days(usual) : most > 0 ? days(most) : t("sharing.end.none");
  const fixed = [1, 7, 30].filter((n) => (most === 0 || n <= most) && (change || n !== (usual || most)));
  return [
    ...(first ? [{ value: "", label: first }] : []),
    ...fixed.map((n) => ({ value: String(n), label: days(n) })),
    { value: "date", label: t("sharing.end.date") },
  ];
}

const days = (n: number) => (n === 1 ? t("sharing.end.day") : t("sharing.end.days", { count: n }));

/** endAt gives the moment that a choice means, on a full minute; null for the desk's own end. */
export function endAt(choice: string, date: string, now = Date.now()): string | null {
  if (choice === "date") return date ? new Date(date).toISOString() : null;
  return choice ? new Date(Math.ceil(now / 60_000) * 60_000 + Number(choice) * 86_400_000).toISOString() : null;
}

/** localMoment writes a moment as an input of the browser takes it. */
export function localMoment(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const address = /^[^\s@<>"(),:;]+@[^\s@<>"(),:;]+\.[^\s@<>"(),:;.]{2,}$/u;
export const isAddress = (text: string) => address.test(text.trim());

/**
 * parseAddresses reads what people paste from mails and tables: "Ada <ada@x.example>, bo@x.example; cy@x.example". What is
 * no address comes back as it was.
 */
export function parseAddresses(text: string): { addresses: string[]; rest: string[] } {
  const addresses: string[] = [];
  const rest: string[] = [];
  const take = (one: string) => {
    const small = one.toLowerCase();
    if (!addresses.includes(small)) addresses.push(small);
  };
  for (const piece of text.split(/[,;\n\r\t]+/).map((p) => p.trim())) {
    if (!piece) continue;
    const inside = [...piece.matchAll(/<([^<>]*)>/g)].map((m) => m[1]!.trim()).filter(isAddress);
    const words = piece.split(/\s+/).map((w) => w.replace(/^mailto:/i, ""));
    if (inside.length > 0) inside.forEach(take);
    else if (words.every(isAddress)) words.forEach(take);
    else rest.push(piece);
  }
  return { addresses, rest };
}

/** marks cuts a text where words in it begin with words of a search: [[text, whether it matches], ...]. */
export function marks(text: string, search: string): [string, boolean][] {
  const words = search.trim().split(/\s+/).filter(Boolean).map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words.length === 0) return [[text, false]];
  const found = new RegExp(`(?<=^|[^\\p{L}\\p{N}])(${words.join("|")})`, "giu");
  const out: [string, boolean][] = [];
  let at = 0;
  for (const m of text.matchAll(found)) {
    if (m.index > at) out.push([text.slice(at, m.index), false]);
    out.push([m[0], true]);
    at = m.index + m[0].length;
  }
  if (at < text.length) out.push([text.slice(at), false]);
  return out;
}

const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** nearness orders what was found: the name itself, then names that begin so, then the rest. */
export function nearness(choice: Pick<Choice, "name">, search: string): number {
  const wanted = fold(search.trim());
  const name = fold(choice.name);
  return !wanted || name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2;
}

/** matches says whether a search finds somebody, as the server does: by how their name, a word of it or their address begins. */
export function matches(choice: Pick<Choice, "name" | "address">, search: string): boolean {
  const wanted = fold(search.trim());
  const name = fold(choice.name);
  return !wanted || name.startsWith(wanted) || name.includes(` ${wanted}`) || fold(choice.address ?? "").startsWith(wanted);
}

/** gaining counts the agents who gain sight by new targets; exact is false where the members of a group are not known. */
export function gaining(chosen: readonly Choice[], members: ReadonlyMap<number, readonly number[]>, seeing: ReadonlySet<number>): { agents: number; outside: number; exact: boolean } {
  const agents = new Set<number>();
  let unknown = 0;
  let outside = 0;
  let exact = true;
  for (const c of chosen) {
    if (isPartner(c)) continue; // a desk, not a person
    if (isOutside(c)) outside++;
    else if (c.kind === "agent") agents.add(c.id);
    else {
      const known = members.get(c.id);
      if (known) known.forEach((id) => agents.add(id));
      else {
        unknown += c.members ?? 0;
        exact = false;
      }
    }
  }
  for (const id of seeing) agents.delete(id);
  return { agents: agents.size + unknown, outside, exact };
}
