// What is told in passing: the queue. Toasts.tsx draws it, and is loaded with the first one.

export type ToastOptions = {
  /** One line. */
  text: string;
  /** Errors stay until they are closed and are read out at once. */
  error?: boolean;
  /** Puts back what was done. The last one is also undone by Z. */
  undo?: () => Promise<unknown> | void;
  /** Another action than undo. */
  action?: { label: string; run: () => void };
};

export type ToastItem = ToastOptions & { id: number };

type Listener = (items: readonly ToastItem[]) => void;

let items: readonly ToastItem[] = [];
let last = 0;
const listeners = new Set<Listener>();

function set(next: readonly ToastItem[]) {
  items = next;
  for (const listener of listeners) listener(items);
}

/** toast tells something in one line, with at most one action. At most three stand at a time. */
export function toast(options: ToastOptions | string): number {
  const item = { ...(typeof options === "string" ? { text: options } : options), id: ++last };
  set([...items, item].slice(-3));
  return item.id;
}

export const dropToast = (id: number) => set(items.filter((i) => i.id !== id));

/** undoLast carries out the undo of the newest toast that has one, and says whether there was one. */
export function undoLast(): boolean {
  const item = items.findLast((i) => i.undo);
  if (!item) return false;
  dropToast(item.id);
  void item.undo?.();
  return true;
}

export const toasts = {
  subscribe(listener: Listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  get: () => items,
};
