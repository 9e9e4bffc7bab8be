import { ArrowDownLeft, ArrowUpRight, Check, CircleAlert, CircleSlash, Clock, type LucideIcon, RefreshCw, Unlink } from "lucide-react";
import { t } from "@/app/i18n";
import type { Tone } from "@/ui/Badge";
import type { Link, LinkState, Terms } from "./types";

// A ticket that is shared with another desk, in words. Pure. Its texts stand with those of the ticket.

export type LinkDirection = Link["direction"];

/** live says whether changes still cross. */
export const live = (state: LinkState) => state === "sending" || state === "synced" || state === "delayed";

const looks: Record<LinkState, { tone: Tone; icon: LucideIcon }> = {
  sending: { tone: "neutral", icon: RefreshCw },
  synced: { tone: "ok", icon: Check },
  delayed: { tone: "warn", icon: Clock },
  declined: { tone: "danger", icon: CircleAlert },
  closed: { tone: "neutral", icon: CircleSlash },
  ended: { tone: "neutral", icon: Unlink },
  orphaned: { tone: "warn", icon: Unlink },
  detached: { tone: "neutral", icon: Unlink },
  frozen: { tone: "warn", icon: CircleSlash },
};

/** stateOf says how it goes with a ticket that is shared with a partner of that name. */
export const stateOf = (state: LinkState, name: string) => ({ ...looks[state], text: t(`ticket.partner.state.${state}`, { name }) });

/** wayOf is the mark under a ticket's title: outbound where it was shared from here, inbound where it came from them. */
export function wayOf(direction: LinkDirection, name: string) {
  return direction === "sent"
    ? { tone: "out" as Tone, icon: ArrowUpRight, text: t("ticket.partner.outbound", { name }) }
    : { tone: "in" as Tone, icon: ArrowDownLeft, text: t("ticket.partner.inbound", { name }) };
}

/** takes says whether terms let messages of a kind cross. Replies go as notes where notes alone may. */
const takes = (terms: Terms, kind: "reply" | "note") => terms.private_comments || (kind === "reply" && terms.public_comments);

/** wantMark gives the partners that get a message of a kind only when it is marked for them. */
export function wantMark(links: readonly Pick<Link, "state" | "terms" | "partner">[], kind: "reply" | "note" | "local_note"): string[] {
  if (kind === "local_note") return [];
  return links.filter((l) => live(l.state) && l.terms.only_marked && takes(l.terms, kind)).map((l) => l.partner.name);
}

/** crosses gives the partners that a message of a kind goes to. Of those that want marked messages alone none by itself. */
export function crosses(links: readonly Pick<Link, "state" | "terms" | "partner">[], kind: "reply" | "note" | "local_note"): string[] {
  if (kind === "local_note") return [];
  return links.filter((l) => live(l.state) && !l.terms.only_marked && takes(l.terms, kind)).map((l) => l.partner.name);
}
