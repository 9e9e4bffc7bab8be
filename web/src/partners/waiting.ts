import { useSyncExternalStore } from "react";
import { queries } from "@/api/queries";
import { shareWith, type Wish } from "./api";

// Partners that were chosen for a ticket and not shared with yet: the choice counts when the ticket is submitted, which is
// with the next message or by a button of its own (S4-05). It is kept for the tab, so that looking elsewhere loses nothing.

export type Waiting = { partners: { id: number; name: string }[]; fromNow: boolean };

const none: Waiting = { partners: [], fromNow: false };
const kept = new Map<number, Waiting>();
const listeners = new Set<() => void>();
const subscribe = (tell: () => void) => {
  listeners.add(tell);
  return () => listeners.delete(tell);
};

/** useWaiting gives whom a ticket will be shared with. */
export const useWaiting = (number: number): Waiting => useSyncExternalStore(subscribe, () => kept.get(number) ?? none);

/** setWaiting changes it; without partners nothing waits. */
export function setWaiting(number: number, next: Waiting) {
  if (next.partners.length > 0) kept.set(number, next);
  else kept.delete(number);
  for (const tell of listeners) tell();
}

export const wishOf = (w: Waiting): Wish => ({ partner_ids: w.partners.map((p) => p.id), from_now: w.fromNow });

let attempt = { of: "", key: "" };

/** submitWaiting shares a ticket with those who wait, and gives their names. What is refused keeps waiting. */
export async function submitWaiting(number: number): Promise<string[]> {
  const w = kept.get(number);
  if (!w) return [];
  const body = wishOf(w);
  const of = JSON.stringify([number, body]);
  // The same choice sent again after a lost answer is shared once.
  if (attempt.of !== of) attempt = { of, key: crypto.randomUUID() };
  await shareWith(number, body, { "Idempotency-Key": attempt.key });
  attempt = { of: "", key: "" };
  setWaiting(number, none);
  void queries.invalidateQueries({ queryKey: ["ticket", number] });
  void queries.invalidateQueries({ queryKey: ["tickets"] });
  return w.partners.map((p) => p.name);
}
