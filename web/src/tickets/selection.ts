import { useCallback, useEffect, useMemo, useRef, useState } from "react";

/** What is selected in a list: some tickets by number, or all that the list has. */
export type Selection = {
  numbers: readonly number[];
  whole: boolean;
  has: (number: number) => boolean;
  /** Selects a ticket, or takes it out again; with range, all from the one before to this one. */
  toggle: (number: number, range: boolean) => void;
  take: (numbers: readonly number[]) => void;
  takeWhole: () => void;
  clear: () => void;
};

/** span gives the numbers from one to another in the order of the list, both included. */
export function span(order: readonly number[], from: number, to: number): number[] {
  const a = order.indexOf(from);
  const b = order.indexOf(to);
  if (a < 0 || b < 0) return [to];
  return order.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** useSelection keeps what is selected until another list is shown. */
export function useSelection(listKey: string, order: readonly number[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [whole, setWhole] = useState(false);
  const last = useRef<number>(undefined);
  const now = useRef(order);
  now.current = order;

  const clear = useCallback(() => {
    setChosen(new Set());
    setWhole(false);
    last.current = undefined;
  }, []);
  useEffect(clear, [clear, listKey]);

  const toggle = useCallback((number: number, range: boolean) => {
    setWhole(false);
    setChosen((before) => {
      const next = new Set(before);
      if (range && last.current !== undefined) for (const n of span(now.current, last.current, number)) next.add(n);
      else if (!next.delete(number)) next.add(number);
      return next;
    });
    // After this update, so that a second call of the updater sees the same beginning.
    queueMicrotask(() => (last.current = number));
  }, []);

  return useMemo(
    () => ({
      numbers: [...chosen],
      whole,
      has: (number: number) => whole || chosen.has(number),
      toggle,
      take: (numbers: readonly number[]) => {
        setWhole(false);
        setChosen(new Set(numbers));
      },
      takeWhole: () => setWhole(true),
      clear,
    }),
    [chosen, whole, toggle, clear],
  );
}
