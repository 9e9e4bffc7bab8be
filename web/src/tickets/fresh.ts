import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { onLive } from "@/api/live";
import type { Row } from "@/api/queries";
import { type Page, type Pages, type Wanted, listOf, pageOf } from "./api";

/** What a look at the first page tells about a list that is shown. */
export type News = { rows: Row[]; come: number };

/**
 * takeIn puts what the first page says now into the rows that are shown, without moving any: rows are changed in place,
 * those that have left the list are taken out, and those that have come are only counted.
 */
export function takeIn(shown: readonly Row[], first: Page): News {
  const now = new Map(first.items.map((row) => [row.number, row]));
  const known = new Set(shown.map((row) => row.number));
  // A row that is missing may only have been pushed onto the next page, unless one that stood after it is still on this one.
  const lastKept = first.next === null ? shown.length : shown.findLastIndex((row) => now.has(row.number));
  const rows = shown.flatMap((row, i) => now.get(row.number) ?? (i < lastKept ? [] : [row]));
  return { rows, come: first.items.filter((row) => !known.has(row.number)).length };
}

/** useFresh keeps a list up to date by the live stream, and says how many tickets have come that are not shown. */
export function useFresh(list: Wanted) {
  const queries = useQueryClient();
  const [come, setCome] = useState(0);
  const key = JSON.stringify(list);

  const show = useCallback(async () => {
    setCome(0);
    await queries.resetQueries({ queryKey: listOf(JSON.parse(key) as Wanted).queryKey });
  }, [queries, key]);

  useEffect(() => {
    setCome(0);
    const own = JSON.parse(key) as Wanted;
    const at = listOf(own).queryKey;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const look = async () => {
      const data = queries.getQueryData<Pages>(at);
      if (!data) return;
      const first = await pageOf(own).catch(() => undefined);
      const head = data.pages[0];
      if (!first || !head || gone || queries.getQueryData<Pages>(at) !== data) return;
      const news = takeIn(head.items, first);
      if (news.rows.length === 0) {
        // Nothing stands under the pointer: the list can simply be what it is now.
        queries.setQueryData<Pages>(at, { pages: [first], pageParams: [undefined] });
        setCome(0);
        return;
      }
      setCome(news.come);
      queries.setQueryData<Pages>(at, { ...data, pages: [{ ...head, items: news.rows }, ...data.pages.slice(1)] });
    };
    const stop = onLive((line) => {
      if (line.event !== "counts" && line.event !== "access") return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void look();
      }, 1200);
    });
    return () => {
      gone = true;
      clearTimeout(timer);
      stop();
    };
  }, [queries, key]);

  return { come, show };
}
