import { useRef, useState } from "react";
import { ApiError, call, client, once } from "@/api/client";
import { type Message, type Ticket, queries } from "@/api/queries";
import { t } from "@/app/i18n";
import { toast } from "@/ui/toast";
import { explain } from "@/ui/states";
import { type Kind, type Patch, messages, putTicket } from "./api";
import type { Part } from "./draft";

type Sending = { kind: Kind; part: Part; mentions: number[]; names: { id: number; name: string }[]; status: string; after: number | undefined };

/** useSend sends a message, and the status that goes with it. Whatever fails, what was written stays. */
export function useSend(ticket: Ticket, onSent: () => void) {
  const number = ticket.number;
  const [busy, setBusy] = useState(false);
  const [newer, setNewer] = useState<Message>();
  const attempt = useRef({ of: "", key: "" });

  const send = async (s: Sending): Promise<boolean> => {
    const body = {
      kind: s.kind,
      ...(s.part.html ? { html: s.part.html } : { text: s.part.text }),
      attachments: s.part.files.map((f) => f.id),
      ...(s.mentions.length ? { mentions: s.mentions.slice(0, 20) } : {}),
      ...(s.after ? { after: s.after } : {}),
    };
    // The same text sent again after a lost answer is stored once.
    const of = JSON.stringify(body);
    if (attempt.current.of !== of) attempt.current = { of, key: crypto.randomUUID() };
    setBusy(true);
    try {
      const made = (await call(client.POST("/tickets/{number}/messages", { params: { path: { number }, header: once(attempt.current.key) }, body }))) as Message;
      attempt.current = { of: "", key: "" };
      setNewer(undefined);
      queries.setQueryData(messages(number).queryKey, (all: Message[] | undefined) => (all?.some((m) => m.id === made.id) ? all : [...(all ?? []), made]));
      onSent();
      const missed = s.names.filter((n) => made.not_told?.includes(n.id)).map((n) => n.name);
      if (missed.length) toast(t("ticket.sent.not_told", { names: missed.join(", ") }));
      await follow(ticket, s.status);
      putTicket(number, undefined);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409 && error.about("after")) {
        const fresh = await queries.fetchQuery({ ...messages(number), staleTime: 0 }).catch(() => [] as Message[]);
        setNewer(fresh.at(-1));
      } else toast({ text: error instanceof ApiError && error.offline ? t("ticket.sent.offline") : explain(error), error: true });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { send, busy, newer, settle: () => setNewer(undefined) };
}

/** follow sets the status chosen beside the send button. */
async function follow(ticket: Ticket, status: string) {
  if (!status || status === ticket.status) return;
  const body: Patch = status.startsWith("#") ? { status_id: Number(status.slice(1)) } : { status: status as "open" };
  try {
    await call(client.PATCH("/tickets/{number}", { params: { path: { number: ticket.number } }, body }));
  } catch (error) {
    toast({ text: t("ticket.sent.status_failed", { why: explain(error) }), error: true });
  }
}
