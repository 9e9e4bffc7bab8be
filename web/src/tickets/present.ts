import { useSyncExternalStore } from "react";
import { onLive } from "@/api/live";
import { queries } from "@/api/queries";

// Which tickets somebody has open, as far as the live stream told: a number, and how many of the others are there.

const there = new Map<number, Set<number>>();
const listeners = new Set<() => void>();
let listening = false;

function listen() {
  if (listening) return;
  listening = true;
  onLive((line) => {
    if (line.event === "reset") there.clear();
    else if (line.event === "presence") {
      const people = there.get(line.number) ?? new Set<number>();
      if (line.state === "gone") people.delete(line.person);
      else people.add(line.person);
      if (people.size > 0) there.set(line.number, people);
      else there.delete(line.number);
      void queries.invalidateQueries({ queryKey: ["presence", line.number] });
    } else return;
    for (const listener of listeners) listener();
  });
}

function subscribe(listener: () => void) {
  listen();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** usePresent says whether somebody has a ticket open. */
export const usePresent = (number: number) => useSyncExternalStore(subscribe, () => there.has(number));
