import { known, t } from "@/app/i18n";

/** The name of an order, such as "-updated". */
export function sortName(sort: string): string {
  const key = `tickets.sort.${sort}`;
  return known(key) ? t(key) : sort;
}
