import { useEffect, useRef } from "react";
import { remembered } from "./preferences";
import type { Key } from "./i18n";

// One table feeds the keys, the palette and the sheet behind "?".

export type Action = {
  id: string;
  /** The name of it, in the palette and on the sheet. */
  label: Key;
  /** What it is called in place of that, where it has a name of its own. */
  text?: string;
  /** "s", "shift+e", "mod+k", or two keys after each other: "g s". */
  keys?: string;
  /** Where it stands on the sheet. */
  group: "go" | "list" | "ticket" | "write" | "any";
  run: () => void;
  /** Works while typing as well; only sensible for keys with mod. */
  whileTyping?: boolean;
  /** Not offered in the palette, such as J and K. */
  keyOnly?: boolean;
};

const actions = new Map<string, Action>();

/** allActions gives what can be done here and now. */
export const allActions = () => [...actions.values()];

/** clash names two actions that share keys; for the test of the table. */
export function clash(list: readonly Action[]): string {
  const seen = new Map<string, string>();
  for (const a of list) {
    if (!a.keys) continue;
    const other = seen.get(a.keys);
    if (other && other !== a.id) return `${a.id} and ${other} share ${a.keys}`;
    seen.set(a.keys, a.id);
  }
  return "";
}

/** useActions offers actions while the component is on the page. `run` may change at every drawing. */
export function useActions(list: Action[]) {
  const now = useRef(list);
  now.current = list;
  const ids = list.map((a) => `${a.id}:${a.keys ?? ""}:${a.text ?? a.label}`).join("|");
  useEffect(() => {
    const own = now.current.map((a): Action => ({ ...a, run: () => now.current.find((b) => b.id === a.id)?.run() }));
    for (const a of own) actions.set(a.id, a);
    return () => {
      for (const a of own) if (actions.get(a.id) === a) actions.delete(a.id);
    };
  }, [ids]);
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) && !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type));
}

/** pressed writes a key press as the table does. */
export function pressed(e: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): string {
  const key = e.key === " " ? "space" : e.key.toLowerCase();
  const parts = [];
  if (e.ctrlKey || e.metaKey) parts.push("mod");
  if (e.altKey) parts.push("alt");
  // Shift belongs to the sign itself where it makes another one, as in "?".
  if (e.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push("shift");
  return [...parts, key].join("+");
}

/** listenForKeys begins to carry out the table's actions. It returns how to stop. */
export function listenForKeys(target: Document = document): () => void {
  let first = "";
  let forget: ReturnType<typeof setTimeout> | undefined;
  const onKey = (e: KeyboardEvent) => {
    if (e.defaultPrevented || e.isComposing) return;
    const keys = pressed(e);
    const single = !keys.startsWith("mod+") && keys !== "escape";
    if (single && !remembered().shortcuts) return;
    const busy = typing(e.target) || !!target.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]');
    const wanted = first && single ? `${first} ${keys}` : keys;
    const action = allActions().find((a) => a.keys === wanted && (!busy || a.whileTyping));
    clearTimeout(forget);
    if (action) {
      first = "";
      e.preventDefault();
      action.run();
      return;
    }
    first = !busy && single && allActions().some((a) => a.keys?.startsWith(`${keys} `)) ? keys : "";
    forget = setTimeout(() => (first = ""), 1200);
  };
  target.addEventListener("keydown", onKey);
  return () => target.removeEventListener("keydown", onKey);
}
