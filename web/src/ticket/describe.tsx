import type { ReactNode } from "react";
import { ArrowDownLeft, ArrowUpRight, Building2, CirclePlus, Clock, Eye, GitMerge, Link2, LogOut, type LucideIcon, Pencil, Trash2, Undo2, UserRound, Zap } from "lucide-react";
import type { TicketEvent } from "@/api/queries";
import { type Key, known, t } from "@/app/i18n";
import { exact } from "@/app/time";
import { stateOf } from "@/partners/linkWords";
import type { LinkState } from "@/partners/types";
import { rich } from "./rich";

/** One line of the timeline: what it shows and in which part of the filter it belongs. */
export type Line = { id: number; at: string; tone?: "out" | "in" | "warn" | "danger"; icon: LucideIcon; sharing: boolean; said: ReactNode; said_plain: string; by: string; event: TicketEvent };

export type FieldNames = Map<number, string>;

/** The text of a key that is made of one of the server's words, or that word where there is none. */
const word = (key: string, value: string) => (known(key) ? t(key) : value);

export const statusName = (status: string) => word(`ticket.status.${status}`, status);
export const priorityName = (priority: string) => word(`ticket.priority.${priority}`, priority);
export const typeName = (type: string) => word(`ticket.type.${type}`, type);
export const levelName = (level: string) => word(`ticket.level.${level}`, level);

/** fieldName names what changed, in the server's word for it. */
export function fieldName(field: string, own: FieldNames): string {
  const id = /^field:(\d+)$/.exec(field)?.[1];
  if (id) return own.get(Number(id)) ?? t("ticket.field.own");
  return word(`ticket.field.${field}`, field);
}

/** fieldValue puts a value of a change in words. */
export function fieldValue(field: string, value: string): string {
  if (field === "status") return statusName(value);
  if (field === "priority") return priorityName(value);
  if (field === "type") return typeName(value);
  if (field === "satisfaction") return word(`ticket.satisfaction.${value}`, value);
  if (value === "true") return t("app.yes");
  if (value === "false") return t("app.no");
  return value;
}

/** How it came about, where not by hand: "by the API", "by a rule". */
function how(e: TicketEvent): string {
  const kind = e.cause.kind;
  if (kind === "partner" && (!e.actor || e.kind.startsWith("ticket.partner."))) return ""; // the sentence names them
  if (kind === "person" || kind === "requester" || kind === "mail" || kind === "portal") return "";
  return known(`ticket.cause.${kind}`) ? t(`ticket.cause.${kind}` as Key, { name: e.cause.name }) : "";
}

type Args = Record<string, string>;

/** labelled gives the label of a public link, to stand behind its name. */
const labelled = (e: TicketEvent) => (e.public_link?.label ? ` “${e.public_link.label}”` : "");

/** actorOf names who did something: somebody here, somebody of a partner's desk, or the program. */
export const actorOf = (e: TicketEvent) => e.actor?.name ?? ((e.cause.kind === "partner" && e.cause.name) || t("ticket.event.desk"));

/** sentence gives the text's key and what stands in it. */
function sentence(e: TicketEvent, own: FieldNames): [Key, Args] {
  const who = actorOf(e);
  const target = e.share?.target?.name ?? t("ticket.event.somebody");
  const terms = e.share?.new ?? e.share?.old;
  const level = terms ? levelName(terms.level) : "";
  const other = e.other?.number ? `#${e.other.number}` : t("ticket.event.other");
  switch (e.kind) {
    case "ticket.created":
      if (!e.actor && e.cause.kind === "partner") return ["ticket.event.created_partner", { who }];
      return [e.actor ? "ticket.event.created" : "ticket.event.created_mail", { who }];
    case "ticket.updated":
      return changed(e, who, own);
    case "ticket.merged":
      return ["ticket.event.merged", { who, other }];
    case "ticket.deleted":
      return ["ticket.event.deleted", { who }];
    case "ticket.restored":
      return ["ticket.event.restored", { who }];
    case "ticket.linked":
      return ["ticket.event.linked", { who, other, link: word(`ticket.link.${e.other?.link ?? "related"}`, e.other?.link ?? "related") }];
    case "ticket.unlinked":
      return ["ticket.event.unlinked", { who, other }];
    case "ticket.share.created":
      return ["ticket.event.shared", { who, target, level }];
    case "ticket.share.updated":
      return ["ticket.event.share_changed", { who, target, level }];
    case "ticket.share.revoked":
      return ["ticket.event.unshared", { who, target }];
    case "ticket.share.expired":
      return ["ticket.event.share_expired", { target }];
    case "ticket.share.left":
      return ["ticket.event.share_left", { who }];
    case "ticket.share.opened":
      return ["ticket.event.share_opened", { who }];
    case "ticket.share.declined_cap":
      return ["ticket.event.share_cap", { target }];
    case "ticket.access.requested":
      return ["ticket.event.asked", { who, level }];
    case "ticket.access.granted":
      return ["ticket.event.granted", { who, target }];
    case "ticket.access.refused":
      return ["ticket.event.declined", { who, target }];
    case "ticket.mail.failed":
      return ["ticket.event.mail_failed", {}];
    case "ticket.mail.suggested":
      return ["ticket.event.mail_suggested", {}];
    case "ticket.mail.accepted":
      return ["ticket.event.mail_accepted", { who }];
    case "ticket.mail.moved":
      return ["ticket.event.mail_moved", { who, other }];
    case "ticket.mail.discarded":
      return ["ticket.event.mail_discarded", { who }];
    case "ticket.sla.breached":
      return ["ticket.event.sla", { what: word(`tickets.sla.${e.sla?.kind ?? ""}`, "") }];
    case "scheduled_reply.removed":
    case "scheduled_reply.held":
    case "scheduled_reply.failed":
    case "scheduled_reply.cancelled":
      return [`ticket.event.${e.kind}` as Key, { who, author: e.scheduled?.author.name ?? t("ticket.event.somebody") }];
    case "ticket.link.created":
      return ["ticket.event.link_made", { who, link: labelled(e) }];
    case "ticket.link.updated":
      return [e.public_link?.reset ? "ticket.event.link_reset" : "ticket.event.link_changed", { who, link: labelled(e) }];
    case "ticket.link.revoked":
      return ["ticket.event.link_revoked", { who, link: labelled(e) }];
    case "ticket.link.used":
      return ["ticket.event.link_used", { link: labelled(e) }];
    case "ticket.partner.shared":
    case "ticket.partner.unshared":
    case "ticket.partner.state":
      return partnerSentence(e, who);
    default:
      return ["ticket.event.something", { who }];
  }
}

const partnerOf = (e: TicketEvent) => e.partner ?? undefined;

/** What happened between this desk and another one. */
function partnerSentence(e: TicketEvent, who: string): [Key, Args] {
  const p = partnerOf(e);
  const args = { who, partner: p?.name || t("ticket.event.somebody") };
  if (e.kind === "ticket.partner.shared") return [p?.direction === "received" ? "ticket.event.partner_shared_in" : "ticket.event.partner_shared", args];
  if (e.kind === "ticket.partner.unshared") return [e.cause.kind === "partner" ? "ticket.event.partner_unshared_in" : p?.direction === "received" ? "ticket.event.partner_detached" : "ticket.event.partner_unshared", args];
  if (p?.state === "closed") return ["ticket.event.partner_closed", args];
  if (p?.state === "declined") return ["ticket.event.partner_declined", args];
  return ["ticket.event.partner_state", { ...args, state: p ? stateOf(p.state as LinkState, p.name).text : "" }];
}

function changed(e: TicketEvent, who: string, own: FieldNames): [Key, Args] {
  const [c, ...more] = e.changes;
  if (!c) return ["ticket.event.something", { who }];
  if (more.length > 0) return ["ticket.event.changed_many", { who, fields: e.changes.map((x) => `${fieldName(x.field, own)}: ${fieldValue(x.field, x.new) || t("app.none")}`).join(", ") }];
  const field = fieldName(c.field, own);
  const from = fieldValue(c.field, c.old);
  const to = fieldValue(c.field, c.new);
  if (c.field === "status") return [c.new === "solved" ? "ticket.event.solved" : "ticket.event.status", { who, to }];
  if (c.field === "assignee") {
    if (!c.new) return ["ticket.event.unassigned", { who, from }];
    return c.new === e.actor?.name ? ["ticket.event.took", { who }] : ["ticket.event.assigned", { who, to }];
  }
  if (!c.new) return ["ticket.event.cleared", { who, field }];
  if (!c.old) return ["ticket.event.set", { who, field, to }];
  return ["ticket.event.changed", { who, field, from, to }];
}

const icons: Partial<Record<string, LucideIcon>> = {
  "ticket.created": CirclePlus,
  "ticket.merged": GitMerge,
  "ticket.deleted": Trash2,
  "ticket.restored": Undo2,
  "ticket.linked": Link2,
  "ticket.unlinked": Link2,
  "ticket.share.created": ArrowUpRight,
  "ticket.share.updated": ArrowUpRight,
  "ticket.share.revoked": ArrowDownLeft,
  "ticket.share.expired": Clock,
  "ticket.share.left": LogOut,
  "ticket.share.opened": Eye,
  "ticket.partner.shared": ArrowUpRight,
  "ticket.partner.unshared": ArrowDownLeft,
  "ticket.partner.state": Building2,
  "ticket.link.created": Link2,
  "ticket.link.updated": Link2,
  "ticket.link.revoked": Link2,
  "ticket.link.used": Eye,
};

/** describe puts an event in one sentence: who, what, whom, level, until when, how. null for what the messages show themselves. */
export function describe(e: TicketEvent, own: FieldNames): Line | null {
  if (e.kind === "ticket.message") return null;
  const [key, args] = sentence(e, own);
  const desk = partnerOf(e);
  const extras = [e.share?.new?.expires_at ? t("ticket.event.until", { when: exact(e.share.new.expires_at) }) : "", how(e)].filter(Boolean);
  const tail = (extras.length ? `, ${extras.join(", ")}` : "") + (e.share?.reason ? `: “${e.share.reason}”` : "") + (desk?.reason && desk.state !== "closed" ? `: ${desk.reason}` : "");
  const strong = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, name === "level" || name === "link" ? value : <b key={name}>{value}</b>]));
  const sharing = e.kind.startsWith("ticket.share.") || e.kind.startsWith("ticket.partner.") || e.kind.startsWith("ticket.access.");
  const icon = icons[e.kind] ?? (e.cause.kind === "rule" ? Zap : e.changes[0]?.field === "assignee" ? UserRound : Pencil);
  const line: Line = {
    id: e.id,
    at: e.at,
    icon,
    sharing,
    by: e.actor?.name ?? "",
    said: (
      <>
        {rich(key, strong)}
        {tail}
      </>
    ),
    said_plain: t(key, args) + tail,
    event: e,
  };
  if (desk) line.tone = e.kind === "ticket.partner.state" ? (["ok", "neutral"].includes(stateOf(desk.state as LinkState, desk.name).tone) ? "out" : "warn") : desk.direction === "received" || e.kind === "ticket.partner.unshared" ? "in" : "out";
  else if (sharing) line.tone = e.kind === "ticket.share.expired" ? "warn" : e.kind === "ticket.share.revoked" || e.kind === "ticket.share.left" ? "in" : "out";
  return line;
}
