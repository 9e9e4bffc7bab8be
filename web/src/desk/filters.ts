import { useNavigate, useSearch } from "@tanstack/react-router";

/** useFilters keeps what a list shows in the address: texts by their names, those that are empty left out, numbers without quotes. */
export function useFilters<Name extends string>(path: string, names: readonly Name[]): [Record<Name, string>, (change: Partial<Record<Name, string>>) => void] {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const go = useNavigate();
  const now = Object.fromEntries(names.map((n) => [n, typeof search[n] === "string" || typeof search[n] === "number" ? String(search[n]) : ""])) as Record<Name, string>;
  const set = (change: Partial<Record<Name, string>>) => {
    const next = Object.fromEntries(Object.entries<string | undefined>({ ...now, ...change }).flatMap(([name, value]) => (value ? [[name, /^[1-9]\d{0,14}$/.test(value) ? Number(value) : value]] : [])));
    void go({ to: path as "/admin", search: next as never, replace: true });
  };
  return [now, set];
}
