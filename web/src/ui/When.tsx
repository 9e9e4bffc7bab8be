import { useSyncExternalStore } from "react";
import { ago, brief, exact, since, stamp } from "@/app/time";

// One clock for the page: words such as "5 min. ago" are drawn anew each half minute.
let now = Date.now();
const clocks = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  for (const tick of clocks) tick();
}, 30_000);
const subscribe = (tick: () => void) => {
  clocks.add(tick);
  return () => clocks.delete(tick);
};

/** useNow gives the time, anew each half minute. */
export const useNow = () => useSyncExternalStore(subscribe, () => now);

const styles = {
  ago: (at: string, now: number) => ago(at, "short", now),
  since,
  stamp,
  brief: (at: string, now: number) => brief(at, new Date(now)),
  exact: (at: string) => exact(at),
};

/** A moment: as a distance ("ago"), as a list of tickets, a conversation or a table writes it ("since", "stamp", "brief") or in full. The title holds it in full. */
export function When({ at, as = "brief", className = "" }: { at: string; as?: keyof typeof styles; className?: string }) {
  const text = styles[as](at, useNow());
  return (
    <time dateTime={at} title={exact(at)} className={className}>
      {text}
    </time>
  );
}
