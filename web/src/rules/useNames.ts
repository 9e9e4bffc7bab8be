import { useQueries, useQuery } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { useMay } from "@/app/session";
import { useBrands, useGroups } from "@/desk/lists";
import { useTemplates } from "@/actions/names";
import { hooksKey } from "@/desk/webhookForm";
import type { Field } from "@/tickets/api";
import { choices } from "./api";
import { type Draft, namedIn, peopleIn, treeOf } from "./model";
import type { Names } from "./words";

const forever = { staleTime: Infinity, retry: false };

/** useRuleNames gives the names behind the ids of a rule; a number stands where one is not known yet. */
export function useRuleNames(draft: Draft, fields: readonly Field[]): Names {
  const groups = useGroups();
  const brands = useBrands();
  const hours = useQuery({ ...choices, enabled: draft.hours !== "any" }).data?.calendars ?? [];
  const templates = useTemplates(draft.actions.some((a) => a.template_id));
  const hooks = useHooks(draft.actions.some((a) => a.do === "webhook"));
  const asked = namedIn(treeOf(draft), fields);
  const ids = [...new Set([...peopleIn(draft.actions), ...asked.people])];
  const people = useQueries({
    queries: ids.map((id) => ({ ...forever, queryKey: ["name", "person", id], queryFn: async () => (await call(client.GET("/people/{id}", { params: { path: { id } } }))).name })),
  });
  const companies = useQueries({
    queries: asked.companies.map((id) => ({ ...forever, queryKey: ["name", "company", id], queryFn: async () => (await call(client.GET("/companies/{id}", { params: { path: { id } } }))).name })),
  });
  const of = (list: readonly { id: number; name: string }[]) => (id: number) => list.find((x) => x.id === id)?.name ?? `#${id}`;
  return {
    fields,
    person: (id) => people[ids.indexOf(id)]?.data || `#${id}`,
    company: (id) => companies[asked.companies.indexOf(id)]?.data || `#${id}`,
    group: of(groups),
    brand: of(brands),
    calendar: of(hours),
    webhook: of(hooks),
    template: of(templates),
  };
}

/** useHooks gives the webhooks of the desk; none to whoever may not see them. */
function useHooks(needed: boolean) {
  const may = useMay("webhooks.manage");
  return useQuery({ queryKey: hooksKey, queryFn: () => call(client.GET("/webhooks")), enabled: needed && may, retry: false }).data?.items ?? [];
}
