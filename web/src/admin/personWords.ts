import { locale, t, tn } from "@/app/i18n";
import type { Named, Person, Role } from "./api";

// What an agent can see and do, in words. Pure, so that the page can say it of what is not saved yet.

export type Reach = Pick<Person, "scope" | "all_brands" | "brands" | "all_inboxes" | "inboxes" | "groups">;

/** namesOf joins the names of those with the ids, as the language does. */
export function namesOf(ids: readonly number[] | null | undefined, all: readonly Named[]): string {
  const names = (ids ?? []).map((id) => all.find((a) => a.id === id)?.name).filter((name): name is string => !!name);
  return new Intl.ListFormat(locale(), { type: "conjunction" }).format(names);
}

/** reachSentences says which tickets an agent sees. */
export function reachSentences(reach: Reach, lists: { brands: Named[]; inboxes: Named[]; groups: Named[] }): string[] {
  const where = [
    reach.all_brands ? t("admin.reach.all_brands") : (reach.brands ?? []).length ? t("admin.reach.brands", { names: namesOf(reach.brands, lists.brands) }) : "",
    reach.all_inboxes ? t("admin.reach.all_inboxes") : (reach.inboxes ?? []).length ? t("admin.reach.inboxes", { names: namesOf(reach.inboxes, lists.inboxes) }) : "",
  ];
  const always = t("admin.reach.always");
  if (reach.scope === "restricted") return [t("admin.reach.restricted"), always];
  if (where.some((w) => w === "")) return [t("admin.reach.nowhere"), always];
  const [brands = "", inboxes = ""] = where;
  if (reach.scope === "global") return [t("admin.reach.global", { brands, inboxes }), always];
  const groups = namesOf(reach.groups, lists.groups);
  return [groups ? t("admin.reach.group", { brands, inboxes, groups }) : t("admin.reach.no_group"), always];
}

/** permissionsOf joins what the roles give. */
export function permissionsOf(ids: readonly number[] | null | undefined, roles: readonly Role[]): string[] {
  const given = new Set((ids ?? []).flatMap((id) => roles.find((r) => r.id === id)?.permissions ?? []));
  return [...given];
}

/** rightsSentence says how much the roles give. */
export function rightsSentence(permissions: readonly string[]): string {
  return permissions.length === 0 ? t("admin.rights.none_text") : tn("admin.rights.count", permissions.length);
}
