import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/app/session";
import { type Names } from "@/actions/words";
import { useNames } from "@/actions/useNames";
import { useBrands } from "@/desk/lists";
import type { Field } from "@/tickets/api";
import { calendars } from "./api";
import { type Draft, namedIn, treeOf } from "./model";

export type RuleNames = Names & { brand: (id: number) => string; calendar: (id: number) => string };

/** useRuleNames gives the names behind the ids of a rule. */
export function useRuleNames(draft: Draft, fields: readonly Field[]): RuleNames {
  const names = useNames(draft.actions, fields, namedIn(treeOf(draft), fields));
  const brands = useBrands();
  const hours = useCalendars();
  return {
    ...names,
    brand: (id) => brands.find((b) => b.id === id)?.name ?? `#${id}`,
    calendar: (id) => hours.find((c) => c.id === id)?.name ?? `#${id}`,
  };
}

/** useCalendars gives the desk's business hours to whoever may see them; the account's default applies where none is chosen. */
export function useCalendars() {
  const may = useMay("settings.manage");
  return useQuery({ ...calendars, enabled: may }).data ?? [];
}
