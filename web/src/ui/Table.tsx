import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { t } from "@/app/i18n";
import { LoadMore } from "./LoadMore";
import { Failed, Skeleton } from "./states";
import "./data.css";

type Page<T> = { items: T[] | null; next: string | null };

/**
 * usePages fetches a list page by page. fetch is given the cursor of the page, or nothing for the first. every asks anew after
 * so many milliseconds.
 */
export function usePages<T>(key: readonly unknown[], fetch: (cursor: { cursor?: string }) => Promise<Page<T>>, every?: number) {
  const list = useInfiniteQuery<Page<T>, Error, InfiniteData<Page<T>, string>, readonly unknown[], string>({
    queryKey: key,
    queryFn: ({ pageParam }) => fetch(pageParam ? { cursor: pageParam } : {}),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
    ...(every ? { refetchInterval: every } : {}),
  });
  return { ...list, items: list.data?.pages.flatMap((p) => p.items ?? []) ?? [] };
}

type Listing = { isPending: boolean; error: unknown; refetch: () => unknown; hasNextPage?: boolean; isFetchingNextPage?: boolean; fetchNextPage?: () => unknown; isPlaceholderData?: boolean };

export type Column<T> = { label: string; cell: (row: T) => ReactNode; num?: boolean; nowrap?: boolean };

type TableProps<T> = {
  label: string;
  list: Listing;
  rows: T[];
  columns: Column<T>[];
  id: (row: T) => number | string;
  /** What stands in place of the table while there are no rows. */
  empty: ReactNode;
  /** Controls at the end of a row. */
  end?: (row: T) => ReactNode;
  off?: (row: T) => boolean;
};

// On a phone rows are drawn as cards, which takes the roles of a table away from its elements: they are said anew.
const as = { table: { role: "table" }, part: { role: "rowgroup" }, row: { role: "row" }, head: { role: "columnheader" }, cell: { role: "cell" } };

/** A table, whose rows become cards on a phone. */
export function Table<T>({ label, list, rows, columns, id, empty, end, off }: TableProps<T>) {
  if (list.isPending) return <Skeleton lines={6} height={20} />;
  if (list.error && rows.length === 0) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (rows.length === 0 && !list.hasNextPage) return <>{empty}</>;
  return (
    <div className="data-list" aria-busy={list.isPlaceholderData || undefined}>
        <table className="table data-table" {...as.table} aria-label={label}>
        <thead {...as.part}>
          <tr {...as.row}>
            {columns.map((c) => (
              <th key={c.label} {...as.head} scope="col" className={c.num ? "num" : undefined}>
                {c.label}
              </th>
            ))}
            {end && (
              <th {...as.head} scope="col">
                <span className="vh">{t("app.actions")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody {...as.part}>
          {rows.map((row) => (
            <tr key={id(row)} {...as.row} data-off={off?.(row) || undefined}>
              {columns.map((c, i) => {
                const content = c.cell(row);
                const nothing = content === "" || content === null || content === undefined || content === false;
                return (
                  <td key={c.label} {...as.cell} className={c.num ? "num" : undefined} data-nowrap={c.nowrap || undefined} data-label={i > 0 ? c.label : undefined} data-empty={nothing || undefined}>
                    {content}
                  </td>
                );
              })}
              {end && (
                <td {...as.cell} className="data-end">
                  <span className="cluster">{end(row)}</span>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <LoadMore list={list} />
    </div>
  );
}
