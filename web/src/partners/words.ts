import { ArrowDownLeft, ArrowUpRight, Check, CircleAlert, Clock, type LucideIcon, Pause, ShieldAlert, X } from "lucide-react";
import { locale, t, tn } from "@/app/i18n";
import { ago } from "@/app/time";
import type { Tone } from "@/ui/Badge";
import type { Direction, Partner, Terms } from "./types";

// Agreements in words. Pure.

/** Every field that both desks have, in the terms of an agreement. */
export const anyField = "*";

/** What an invitation offers at first. */
export const usualTerms: Terms = { public_comments: true, private_comments: true, status: true, tags: false, attachments: true, fields: [], history: "all", only_marked: false };

/** label is what a partner is called: our own name for them, or their host. What they call themselves can be anything. */
export const label = (p: Pick<Partner, "name" | "host">) => p.name || p.host;

/** under is the line below the label: the host, or, where that is the label, what they call themselves. */
export function under(p: Pick<Partner, "name" | "host" | "partner_name">): string {
  if (p.name) return p.host;
  return p.partner_name ? t("partners.calls_itself", { name: p.partner_name }) : "";
}

/** endedByUs says whether it was this desk that ended an agreement. */
export const endedByUs = (p: Pick<Partner, "direction" | "deactivated_by">) => p.deactivated_by === (p.direction === "outbound" ? "sender" : "receiver");

/** nextTry says when a message is tried again. Within a minute the words of a time would say that it is now. */
export const nextTry = (at: string, now: number) => (Date.parse(at) - now < 60_000 ? t("partners.next_soon") : t("partners.next_try", { when: ago(at, "short", now) }));

export type Mark = { tone: Tone; icon: LucideIcon; text: string };

/** standing gives how it goes with an agreement: one mark, and a second where something waits. */
export function standing(p: Partner, now = Date.now()): Mark[] {
  switch (p.status) {
    case "draft":
      return [{ tone: "warn", icon: Clock, text: t("partners.state.draft") }];
    case "pending":
      return [{ tone: "warn", icon: Clock, text: p.direction === "inbound" ? t("partners.state.asks") : t("partners.state.invited", { when: ago(p.created_at, "short", now) }) }];
    case "accepted": {
      const first: Mark = p.paused ? { tone: "neutral", icon: Pause, text: t("partners.state.paused") } : { tone: "ok", icon: Check, text: t("partners.state.accepted") };
      // What is on its way arrives in a moment as a rule: it is a matter only where a try has failed.
      if (p.late) return [first, { tone: "danger", icon: CircleAlert, text: t("partners.state.late", { count: p.waiting }) }];
      return p.waiting > 0 ? [first, { tone: "neutral", icon: Clock, text: t("partners.state.waiting", { count: p.waiting }) }] : [first];
    }
    case "declined":
      return [{ tone: "neutral", icon: X, text: t(p.direction === "inbound" ? "partners.state.declined_us" : "partners.state.declined_them") }];
    case "inactive":
      return [{ tone: "neutral", icon: X, text: t(endedByUs(p) ? "partners.state.ended_us" : "partners.state.ended_them") }];
    case "ssl_error":
      return [{ tone: "danger", icon: ShieldAlert, text: t("partners.state.ssl_error") }];
    case "configuration_error":
      return [{ tone: "danger", icon: CircleAlert, text: t("partners.state.configuration_error") }];
    default:
      return [{ tone: "danger", icon: CircleAlert, text: t("partners.state.failed") }];
  }
}

/** How the directions look: tickets go to them, or come from them. */
export const ways: Record<Direction, { tone: Tone; icon: LucideIcon }> = {
  outbound: { tone: "out", icon: ArrowUpRight },
  inbound: { tone: "in", icon: ArrowDownLeft },
};

const list = (parts: string[]) => new Intl.ListFormat(locale(), { type: "conjunction" }).format(parts);

/** The titles of the fields that cross, in quotes. */
const named = (fields: readonly string[]) => list(fields.map((f) => t("partners.quoted", { text: f })));

/** crossing lists in a few words what crosses. */
export function crossing(terms: Terms): string {
  const parts = [
    terms.public_comments && t("partners.short.public"),
    terms.private_comments && t("partners.short.private"),
    terms.status && t("partners.short.status"),
    terms.tags && t("partners.short.tags"),
    terms.attachments && t("partners.short.files"),
    terms.fields.length > 0 && t("partners.short.fields"),
  ].filter((part) => part !== false);
  if (parts.length === 0) return t("partners.short.nothing");
  const text = parts.join(", ");
  return text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);
}

/** effect says in sentences what an agreement means for both desks. who is what the partner is called. */
export function effect(terms: Terms, direction: Direction, who: string): string[] {
  const said = [t(direction === "outbound" ? "partners.effect.outbound" : "partners.effect.inbound", { who })];
  const comments = terms.public_comments && terms.private_comments ? "both" : terms.public_comments ? "public" : terms.private_comments ? "private" : "none";
  said.push(t(terms.only_marked && comments !== "none" ? `partners.effect.marked_${comments}` : `partners.effect.${comments}`));
  const also = [
    terms.status && t("partners.effect.status"),
    terms.tags && t("partners.effect.tags"),
    terms.fields.includes(anyField) ? t("partners.effect.any_field") : terms.fields.length > 0 && tn("partners.effect.fields", terms.fields.length, { fields: named(terms.fields) }),
  ].filter((part) => typeof part === "string");
  said.push(also.length > 0 ? t("partners.effect.sync", { what: list(also) }) : t("partners.effect.no_sync"));
  if (comments !== "none") {
    said.push(t(terms.attachments ? "partners.effect.files" : "partners.effect.no_files"));
    said.push(t(terms.history === "all" ? "partners.effect.all" : "partners.effect.from_now"));
  }
  said.push(t("partners.effect.local"));
  return said;
}
