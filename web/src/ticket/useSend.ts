import { useRef, useState } from "react";
import { ApiError, call, client, once } from "@/api/client";
import { type Message, type Ticket, queries } from "@/api/queries";
import { t } from "@/app/i18n";
import { submitWaiting } from "@/partners/waiting";
import { toast } from "@/ui/toast";
import { explain } from "@/ui/states";
import { exact } from "@/app/time";
import { type Kind, messages, putTicket } from "./api";
import type { Part } from "./draft";
import type { Pending, PendingChoice } from "./PendingAsk";
import { type Later, type When, afterChange, scheduledOn } from "./later";

export type Sending = { kind: Kind; part: Part; mentions: number[]; names: { id: number; name: string }[]; status: string; after: number | undefined; /** Marked for partners that get marked messages alone. */ forPartners?: boolean; later?: When; pending?: PendingChoice };

/**
 * useSend sends a message, and the status that goes with it, at once or later. Whatever fails, what was written stays.
 * What is sent at once can be undone for as long as the desk says.
 */
export function useSend(ticket: Ticket, onSent: () => void) {
  const number = ticket.number;
  const [busy, setBusy] = useState(false);
  const [newer, setNewer] = useState<Message>();
  const [pending, setPending] = useState<Pending>();
  const attempt = useRef({ of: "", key: "" });

  /** Gives what waits to be sent, true for what was sent, and false where it was refused. */
  const send = async (s: Sending): Promise<Later | boolean> => {
    const status = s.status && s.status !== ticket.status ? (s.status.startsWith("#") ? { status_id: Number(s.status.slice(1)) } : { status: s.status as "open" }) : {};
    const body = {
      ...status,
      ...(s.later ?? (s.pending && s.pending !== "keep" ? {} : { undo: true })),
      ...(s.pending ? { pending: s.pending } : {}),
      kind: s.kind,
      ...(s.part.html ? { html: s.part.html } : { text: s.part.text }),
      attachments: s.part.files.map((f) => f.id),
      ...(s.mentions.length ? { mentions: s.mentions.slice(0, 20) } : {}),
      ...(s.after ? { after: s.after } : {}),
      ...(s.forPartners ? { for_partners: true } : {}),
    };
    // The same text sent again after a lost answer is stored once.
    const of = JSON.stringify(body);
    if (attempt.current.of !== of) attempt.current = { of, key: crypto.randomUUID() };
    setBusy(true);
    try {
      const answer = (await call(client.POST("/tickets/{number}/messages", { params: { path: { number }, header: once(attempt.current.key) }, body }))) as Message | Later;
      attempt.current = { of: "", key: "" };
      setNewer(undefined);
      // The ticket is submitted: it goes to the partners that were chosen (S4-05).
      if (!s.later) submitWaiting(number).catch((error: unknown) => toast({ text: t("ticket.partner.not_shared", { why: explain(error) }), error: true }));
      if ("send_at" in answer) {
        queries.setQueryData(scheduledOn(number).queryKey, (all: Later[] | undefined) => [...(all ?? []), answer]);
        onSent();
        if (!answer.undo) toast(t("ticket.later.done", { at: exact(answer.send_at) }));
        afterChange(number);
        return answer;
      }
      const made = answer;
      queries.setQueryData(messages(number).queryKey, (all: Message[] | undefined) => (all?.some((m) => m.id === made.id) ? all : [...(all ?? []), made]));
      onSent();
      const missed = s.names.filter((n) => made.not_told?.includes(n.id)).map((n) => n.name);
      if (missed.length) toast(t("ticket.sent.not_told", { names: missed.join(", ") }));
      putTicket(number, undefined);
      return true;
    } catch (error) {
      if (s.later) throw error; // said where the moment is chosen
      if (error instanceof ApiError && error.said["reason"] === "pending_replies") {
        setPending({ count: Number(error.said["count"] ?? 1), choose: (choice) => void send({ ...s, pending: choice }) });
      } else if (error instanceof ApiError && error.status === 409 && error.about("after")) {
        const fresh = await queries.fetchQuery({ ...messages(number), staleTime: 0 }).catch(() => [] as Message[]);
        setNewer(fresh.at(-1));
      } else toast({ text: error instanceof ApiError && error.offline ? t("ticket.sent.offline") : explain(error), error: true });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { send, busy, newer, settle: () => setNewer(undefined), pending, unask: () => setPending(undefined) };
}
