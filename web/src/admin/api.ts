import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { type Schema, call, client } from "@/api/client";

// What the pages of the administration fetch. Keys begin with "admin", so that a change marks everything as out of date.

export type Person = Schema<"WholePerson">;
export type PersonPatch = Schema<"PersonPatch">;
export type Role = Schema<"Role">;
export type Group = Schema<"Group">;
export type Setting = Schema<"Setting">;
export type Named = { id: number; name: string };
export type Values = Record<string, unknown>;

type PageOf<T> = { items: T[] | null; next: string | null };

/** The most that a choice offers. Desks with more choose by searching where that can happen (people). */
const mostChoices = 1000;

/** all reads a list to its end, for lists that are short by nature. */
async function all<T>(page: (query: { limit: number; cursor?: string }) => Promise<PageOf<T>>): Promise<T[]> {
  const list: T[] = [];
  let cursor = "";
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page names the next one
    const answer = await page({ limit: 200, ...(cursor ? { cursor } : {}) });
    list.push(...(answer.items ?? []));
    cursor = answer.next ?? "";
  } while (cursor && list.length < mostChoices);
  return list;
}

export const roles = queryOptions({ queryKey: ["admin", "roles"], queryFn: () => all((query) => call(client.GET("/roles", { params: { query } }))) });
export const groups = queryOptions({ queryKey: ["admin", "groups"], queryFn: () => all((query) => call(client.GET("/groups", { params: { query } }))) });
export const departments = queryOptions({ queryKey: ["admin", "departments"], queryFn: () => all((query) => call(client.GET("/departments", { params: { query } }))) });
export const companies = queryOptions({ queryKey: ["admin", "companies"], queryFn: () => all((query) => call(client.GET("/companies", { params: { query } }))) });
export const brands = queryOptions({ queryKey: ["admin", "brands"], queryFn: () => all((query) => call(client.GET("/brands", { params: { query } }))) });
export const inboxes = queryOptions({ queryKey: ["admin", "inboxes"], queryFn: () => all((query) => call(client.GET("/inboxes", { params: { query } }))) });

export const permissions = queryOptions({
  queryKey: ["admin", "permissions"],
  queryFn: async () => ((await call(client.GET("/permissions"))).items ?? []).map((p) => p.name as string),
});

export const settingList = queryOptions({ queryKey: ["admin", "settings", "list"], queryFn: async () => (await call(client.GET("/settings/schema"))).items ?? [] });
export const settings = queryOptions({ queryKey: ["admin", "settings", "values"], queryFn: async () => (await call(client.GET("/settings"))) as Values });

export type PeopleFilter = { q?: string; kind?: "agent" | "requester"; active?: "true" | "false"; role_id?: number; group_id?: number; department_id?: number; company_id?: number };

/** One page of the people that fit. */
export const peoplePage = (filter: PeopleFilter, cursor: string, limit = 50) =>
  call(client.GET("/people", { params: { query: { ...filter, limit, ...(cursor ? { cursor } : {}) } } }));

export const person = (id: number) => queryOptions({ queryKey: ["admin", "person", id], queryFn: () => call(client.GET("/people/{id}", { params: { path: { id } } })) });

export const group = (id: number) => queryOptions({ queryKey: ["admin", "group", id], queryFn: () => call(client.GET("/groups/{id}", { params: { path: { id } } })) });

export const role = (id: number) => queryOptions({ queryKey: ["admin", "role", id], queryFn: () => call(client.GET("/roles/{id}", { params: { path: { id } } })) });

/** refresh marks what the administration has fetched as out of date, and who is signed in with it. */
export const refresh = (queries: QueryClient) => Promise.all([queries.invalidateQueries({ queryKey: ["admin"] }), queries.invalidateQueries({ queryKey: ["me"] })]);
