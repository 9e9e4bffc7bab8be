import { type InfiniteData, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schema, call, client, once } from "@/api/client";
import { type Row, queries } from "@/api/queries";
import type { ListSearch } from "./search";

// What the list fetches. A list's rows stand under ["list", ...] and not under ["tickets", ...]: a live line must not move
// rows under the pointer, so useFresh takes in what is new.

export type Field = Schema<"ConditionField">;
export type Present = Schema<"Present">;

/** What a list shows, as the API is asked for it. */
export type Wanted = { view?: string; state?: "open" | "done"; q?: string; filter?: string; sort?: string };

export type Page = { items: Row[]; next: string | null };
export type Pages = InfiniteData<Page, string | undefined>;

const always = new Set(["spam", "deleted", "recently-unshared"]);

/** stateOf gives the state that a list shows: open unless the address says otherwise; what is taken aside is shown in whole. */
export function stateOf(search: ListSearch): "open" | "done" | "any" {
  return search.state ?? (search.q || always.has(search.view ?? "") ? "any" : "open");
}

/** wanted puts an address into the parameters of the API. */
export function wanted(search: ListSearch): Wanted {
  const state = stateOf(search);
  return {
    view: search.view ?? "all",
    ...(state === "any" ? {} : { state }),
    ...(search.q ? { q: search.q } : {}),
    ...(search.filter ? { filter: search.filter } : {}),
    ...(search.sort ? { sort: search.sort } : {}),
  };
}

export const pageOf = (list: Wanted, cursor?: string, limit = 50) =>
  call(client.GET("/tickets", { params: { query: { ...list, limit, ...(cursor ? { cursor } : {}) } } })) as Promise<Page>;

export const listOf = (list: Wanted) =>
  infiniteQueryOptions({
    queryKey: ["list", list],
    queryFn: ({ pageParam }) => pageOf(list, pageParam, pageParam ? 200 : 50),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 30_000,
    // Comparing thousands of rows with those of before would take longer than drawing the few in sight.
    structuralSharing: false,
  });

export const countOf = (whole: Wanted) => {
  const { sort: _, ...list } = whole;
  return queryOptions({ queryKey: ["tickets", "count", list], queryFn: () => call(client.GET("/tickets/count", { params: { query: list } })) });
};

export const filters = queryOptions({ queryKey: ["filters"], queryFn: async () => (await call(client.GET("/ticket-filters"))).items });

export const presence = (number: number) =>
  queryOptions({
    queryKey: ["presence", number],
    queryFn: async () => (await call(client.GET("/tickets/{number}/presence", { params: { path: { number } } }))).items,
    staleTime: 5000,
    retry: false,
  });

export const home = (state: "open" | "done" = "open") =>
  queryOptions({ queryKey: ["tickets", "home", state], queryFn: () => call(client.GET("/home", { params: { query: { state, limit: 10 } } })) });

export async function leave(number: number) {
  await call(client.POST("/tickets/{number}/leave", { params: { path: { number }, header: once() } }));
}

/** refreshLists fetches every list again, with its count and the counts of the views. */
export async function refreshLists() {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ["list"] }),
    queries.invalidateQueries({ queryKey: ["tickets"] }),
    queries.invalidateQueries({ queryKey: ["views"] }),
  ]);
}

/** putRows changes rows of a list in place. */
export function putRows(list: Wanted, change: (row: Row) => Row | undefined) {
  queries.setQueryData<Pages>(listOf(list).queryKey, (data) =>
    data && { ...data, pages: data.pages.map((p) => ({ ...p, items: p.items.flatMap((row) => change(row) ?? []) })) },
  );
}
