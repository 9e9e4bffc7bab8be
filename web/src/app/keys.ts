import type { Key } from "./i18n";
import type { Action } from "./shortcuts";

export type KeyLine = { keys: string; label: Key; group: Action["group"] };

/** The keys of places other than the one at hand, so that the sheet shows all there are. Whoever offers an action gives it
    the same keys: useActions is what makes them work. */
export const elsewhere: KeyLine[] = [
  { keys: "j", label: "app.keys.next", group: "list" },
  { keys: "k", label: "app.keys.previous", group: "list" },
  { keys: "enter", label: "app.keys.open", group: "list" },
  { keys: "x", label: "app.keys.select", group: "list" },
  { keys: "escape", label: "app.keys.back", group: "ticket" },
  { keys: "u", label: "app.keys.up", group: "ticket" },
  { keys: "r", label: "app.keys.reply", group: "ticket" },
  { keys: "n", label: "app.keys.note", group: "ticket" },
  { keys: "s", label: "app.keys.share", group: "ticket" },
  { keys: "a", label: "app.keys.assign", group: "ticket" },
  { keys: "i", label: "app.keys.assign_me", group: "ticket" },
  { keys: "t", label: "app.keys.tags", group: "ticket" },
  { keys: "e", label: "app.keys.solve", group: "ticket" },
  { keys: "m", label: "app.keys.mute", group: "ticket" },
  { keys: "mod+enter", label: "app.keys.send", group: "write" },
  { keys: "mod+shift+enter", label: "app.keys.send_next", group: "write" },
];

export const keyGroups: { group: Action["group"]; label: Key }[] = [
  { group: "any", label: "app.keys.any" },
  { group: "go", label: "app.keys.go" },
  { group: "list", label: "app.keys.list" },
  { group: "ticket", label: "app.keys.ticket" },
  { group: "write", label: "app.keys.write" },
];

/** keyLines gives the sheet: what the page at hand offers, and the keys of other places that it does not take up. */
export function keyLines(actions: readonly Action[]): KeyLine[] {
  const here = actions.flatMap((a): KeyLine[] => (a.keys ? [{ keys: a.keys, label: a.label, group: a.group }] : []));
  return [...here, ...elsewhere.filter((e) => !here.some((h) => h.keys === e.keys))];
}
