import { useLayoutEffect, useRef } from "react";

/** useKeptFocus keeps the focus on the buttons of a row that was moved: browsers drop it when a row changes its place. */
export function useKeptFocus<T extends HTMLElement>(rows: readonly unknown[]) {
  const ref = useRef<T>(null);
  const wanted = useRef<{ at: number; by: "up" | "down" } | undefined>(undefined);
  useLayoutEffect(() => {
    const row = wanted.current && ref.current?.children[wanted.current.at];
    if (!row) return;
    const button = row.querySelector<HTMLElement>(`[data-move="${wanted.current?.by}"]:enabled`) ?? row.querySelector<HTMLElement>("[data-move]:enabled");
    button?.focus();
    wanted.current = undefined;
  }, [rows]);
  return {
    ref,
    /** Call it before the row moves. */
    keep: (at: number, by: "up" | "down") => {
      wanted.current = { at, by };
    },
  };
}
