import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { explain } from "@/ui/states";
import type { Wish } from "./Terms";
import { type ShareTemplate, type TicketShare, groupMembers } from "./api";
import { type Choice, type Terms, endAt, fromTemplate, gaining, isOutside, isPartner, keyOf, startTerms } from "./model";

export type Faults = { chips: Record<string, string>; fields: Partial<Record<string, string>>; all: string };
const none: Faults = { chips: {}, fields: {}, all: "" };

/** read sorts what the server refused: chips by their place in the request, fields by name, the rest as one message. */
function read(error: unknown, sent: Choice[]): Faults {
  if (!(error instanceof ApiError) || error.status >= 500 || error.faults.length === 0) return { ...none, all: explain(error) };
  const out: Faults = { chips: {}, fields: {}, all: "" };
  for (const f of error.faults) {
    const place = f.location.replace(/^(body\.)?(share\.|unshare\.)?/, "");
    const chip = sent[Number(/^targets\[(\d+)\]/.exec(place)?.[1] ?? -1)];
    if (chip) out.chips[keyOf(chip)] = f.message;
    else if (["level", "expires_at", "reason", "note", "see_internal", "reply_public", "forward", "can_reshare"].includes(place)) out.fields[place] = f.message;
    else out.all = f.message;
  }
  return out;
}

/** useDraft holds what somebody is about to share: with whom, at which terms, and what was refused. */
export function useDraft(most: Terms, seeing: ReadonlySet<number>) {
  const { settings } = useMe();
  const start = (): Wish => ({ ...startTerms(most, settings), end: "", date: "", reason: "", notify: true, note: "" });
  const [chosen, choose] = useState<Choice[]>([]);
  const [wish, setWish] = useState(start);
  const [sure, setSure] = useState(false);
  const [faults, setFaults] = useState(none);

  const members = useQuery(groupMembers(chosen.filter((c) => c.kind === "group"))).data ?? new Map<number, number[]>();
  const gain = gaining(chosen, members, seeing);
  const outside = chosen.filter(isOutside);
  const risky = outside.length > 0 || gain.agents > 50;

  return {
    chosen,
    wish,
    sure,
    faults,
    gain,
    /** Other desks, for which the terms of their agreements stand. */
    partners: chosen.filter(isPartner),
    outside: outside.length === 0 ? ("none" as const) : outside.length === chosen.length ? ("all" as const) : ("some" as const),
    /** Sharing outside, or with very many, needs a line to be ticked. */
    risky: risky ? (outside.length > 0 ? tn("sharing.sure.outside", outside.length, { names: outside.map((c) => c.name).join(", ") }) : tn("sharing.sure.many", gain.agents)) : "",
    choose(next: Choice[]) {
      choose(next);
      setFaults(none);
      setSure(false);
    },
    set: (change: Partial<Wish>) => {
      setWish((w) => ({ ...w, ...change }));
      setFaults((f) => ({ ...f, fields: {} }));
    },
    /** fill takes over what a template has: those who can be shared with, and the terms as far as one may give them. */
    fill(template: ShareTemplate, self: number) {
      const usual = start();
      choose(template.targets.filter((x) => x.active && !(x.kind === "agent" && x.id === self)).map(({ kind, id, name }) => ({ kind, id, name, address: null, members: null, access: null, shared: false })));
      setWish({ ...usual, ...fromTemplate(template, usual, most) });
      setFaults(none);
      setSure(false);
    },
    setSure,
    refuse: (error: unknown, sent: Choice[]) => setFaults(read(error, sent)),
    clear() {
      choose([]);
      setFaults(none);
      setSure(false);
      setWish(start());
    },
    /** Why it cannot be sent yet; "" when it can. */
    get missing(): string {
      if (chosen.length === 0) return t("sharing.missing.nobody");
      if (settings["sharing.require_reason"] === true && !wish.reason.trim()) return t("sharing.missing.reason");
      if (wish.end === "date" && !wish.date) return t("sharing.missing.date");
      if (risky && !sure) return t("sharing.missing.sure");
      return "";
    },
    /**
     * bodies gives what is sent: requesters apart from the rest, since they take no flags, and other desks, which take no
     * terms. Each is carried out whole or not at all.
     */
    bodies(): { sent: Choice[]; body: TicketShare & { targets: NonNullable<TicketShare["targets"]> } }[] {
      const { level, see_internal, reply_public, forward, can_reshare } = wish;
      const common = { reason: wish.reason.trim(), expires_at: endAt(wish.end, wish.date), notify: wish.notify };
      const inside = chosen.filter((c) => !isOutside(c));
      const partners = chosen.filter(isPartner);
      const people = outside.filter((c) => !isPartner(c));
      const edit = level === "edit";
      const flags = { see_internal, reply_public, forward: forward && edit, can_reshare: can_reshare && edit };
      const of = (list: Choice[]) => list.map(({ kind, id }) => ({ kind, id })) as NonNullable<TicketShare["targets"]>;
      const note = wish.note.trim();
      const bodies = [
        ...(inside.length > 0 ? [{ sent: inside, body: { targets: of(inside), level, ...flags, ...common } }] : []),
        ...(people.length > 0 ? [{ sent: people, body: { targets: of(people), level: edit ? ("comment" as const) : level, ...common } }] : []),
        ...(partners.length > 0 ? [{ sent: partners, body: { targets: of(partners), reason: common.reason } }] : []),
      ];
      // The note is written once, with the first of them.
      return bodies.map(({ sent, body }, i) => ({ sent, body: i === 0 && note ? { ...body, note } : body }));
    },
  };
}

export type Draft = ReturnType<typeof useDraft>;

/** gains says how many people a draft lets in. */
export function gains({ gain, partners }: Draft): string {
  const inside = gain.agents > 0 ? tn(gain.exact ? "sharing.gain" : "sharing.gain_most", gain.agents) : "";
  const out = gain.outside > 0 ? tn("sharing.gain_outside", gain.outside) : "";
  const desks = partners.length > 0 ? tn("sharing.gain_partners", partners.length) : "";
  return [inside, out, desks].filter(Boolean).join(" · ") || t("sharing.gain_none");
}
