import { known, t } from "@/app/i18n";
import { type Path, at, isList } from "@/tickets/condition";
import { type Draft, treeOf } from "./model";
import { conditionWords } from "./sentence";
import type { Names } from "./words";

/** pathOf reads a place as the server writes it: "all[1].any[0]". */
export const pathOf = (place: string): Path => [...place.matchAll(/(?:all|any)\[(\d+)\]/g)].map((m) => Number(m[1]));

/** placeWords says what stands at a place of a rule: a condition in words, or the name of one of its parts. */
export function placeWords(place: string, draft: Draft, names: Names): string {
  const key = `rules.place.${place}`;
  if (known(key)) return t(key);
  const path = pathOf(place);
  const tree = treeOf(draft);
  const node = !tree ? undefined : path.length === 0 ? tree : isList(tree) ? at(tree, path) : tree;
  return node ? conditionWords(node, names) : place;
}
