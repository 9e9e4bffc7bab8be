import { useQueries, useQuery } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { useMay } from "@/app/session";
import { useGroups } from "@/desk/lists";
import type { Field } from "@/tickets/api";
import { type Action, namedIn } from "./model";
import type { Names } from "./words";

const forever = { staleTime: Infinity, retry: false };

/** useNames gives the names behind the ids of actions, and of others that are asked for; a number stands where one is not known yet. */
export function useNames(actions: readonly Action[], fields: readonly Field[], also: { people: number[]; companies: number[] } = { people: [], companies: [] }): Names {
  const groups = useGroups();
  const hooks = useWebhooks(actions.some((a) => a.do === "webhook"));
  const ids = [...new Set([...namedIn(actions).people, ...also.people])];
  const people = useQueries({
    queries: ids.map((id) => ({ ...forever, queryKey: ["name", "person", id], queryFn: async () => (await call(client.GET("/people/{id}", { params: { path: { id } } }))).name })),
  });
  const companies = useQueries({
    queries: also.companies.map((id) => ({ ...forever, queryKey: ["name", "company", id], queryFn: async () => (await call(client.GET("/companies/{id}", { params: { path: { id } } }))).name })),
  });
  const of = (list: readonly { id: number; name: string }[], id: number) => list.find((x) => x.id === id)?.name ?? `#${id}`;
  return {
    fields,
    person: (id) => people[ids.indexOf(id)]?.data || `#${id}`,
    company: (id) => companies[also.companies.indexOf(id)]?.data || `#${id}`,
    group: (id) => of(groups, id),
    webhook: (id) => of(hooks, id),
  };
}

/** useWebhooks gives the webhooks of the desk; none to whoever may not see them. */
export function useWebhooks(needed: boolean) {
  const may = useMay("webhooks.manage");
  return useQuery({ queryKey: ["desk", "webhooks"], queryFn: () => call(client.GET("/webhooks")), enabled: needed && may, retry: false }).data?.items ?? [];
}
