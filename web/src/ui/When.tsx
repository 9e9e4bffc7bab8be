import { useSyncExternalStore } from "react";
import { ago, brief, exact } from "@/app/time";

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

/** A moment: as a distance ("ago"), as a list writes it ("brief") or in full. The title holds it in full. */
export function When({ at, as = "brief", className = "" }: { at: string; as?: "ago" | "brief" | "exact"; className?: string }) {
  const tick = useNow();
  const text = as === "ago" ? ago(at, "short", tick) : as === "brief" ? brief(at) : exact(at);
  return (
    <time dateTime={at} title={exact(at)} className={className}>
      {text}
    </time>
  );
}
