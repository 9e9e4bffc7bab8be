import type { Message, TicketEvent } from "@/api/queries";
import { type FieldNames, type Line, describe } from "./describe";

export type Filter = "all" | "messages" | "notes" | "sharing" | "changes";
export const filters: Filter[] = ["all", "messages", "notes", "sharing", "changes"];

/** What stands in the thread: a message, a line, or lines that happened together. */
export type Item = { key: string; at: string; message: Message } | { key: string; at: string; lines: Line[] };

const together = 60_000;
const most = 3;

/** arrange puts messages and lines in the order of time. More than three lines of a kind within a minute become one group. */
export function arrange(messages: Message[], events: TicketEvent[], filter: Filter, own: FieldNames): Item[] {
  const items: Item[] = [];
  if (filter === "all" || filter === "messages" || filter === "notes") {
    for (const m of messages) {
      const note = m.kind !== "reply";
      if (filter === "all" || note === (filter === "notes")) items.push({ key: `m${m.id}`, at: m.created_at, message: m });
    }
  }
  if (filter === "all" || filter === "sharing" || filter === "changes") {
    const lines = events.map((e) => describe(e, own)).filter((l): l is Line => !!l && (filter === "all" ? l.event.kind !== "ticket.share.opened" : l.sharing === (filter === "sharing")));
    for (const group of grouped(lines, messages)) items.push({ key: `e${group[0]?.id}`, at: group[0]?.at ?? "", lines: group });
  }
  return items.sort((a, b) => a.at.localeCompare(b.at) || rank(a) - rank(b));
}

/** What happens in the moment of a message stands after it, except that the ticket came to be. */
const rank = (i: Item) => ("message" in i ? 1 : i.lines[0]?.event.kind === "ticket.created" ? 0 : 2);

/** grouped puts lines of one part together that followed each other within a minute, with no message between them. */
export function grouped(lines: Line[], messages: { created_at: string }[]): Line[][] {
  const runs: Line[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    const first = run?.[0];
    const between = first && messages.some((m) => m.created_at > first.at && m.created_at < line.at);
    if (run && first && !between && first.sharing === line.sharing && Date.parse(line.at) - Date.parse(first.at) <= together) run.push(line);
    else runs.push([line]);
  }
  return runs.flatMap((run) => (run.length > most ? [run] : run.map((line) => [line])));
}
