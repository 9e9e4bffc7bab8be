import type { SuggestionKeyDownProps, SuggestionProps } from "@tiptap/suggestion";

/** A list that is open beside the text: what it offers, which one is marked, and where it stands. */
export type Suggesting<T> = { kind: "mention" | "snippet"; items: T[]; marked: number; query: string; rect: DOMRect | null; choose: (item: T) => void; move: (to: number) => void };

type Popped<T> = { current: Suggesting<T> | undefined };

/** suggesting keeps a list in step with what is typed after its sign, and with the arrow keys. */
export function suggesting<T>(kind: Suggesting<T>["kind"], set: (s: Suggesting<T> | undefined) => void, popped: Popped<T>) {
  return () => {
    const draw = (p: SuggestionProps<any, any>, marked: number) => {
      const items = p.items as T[];
      const move = (to: number) => draw(p, to);
      set({ kind, items, marked: Math.min(marked, Math.max(0, items.length - 1)), query: p.query, rect: p.clientRect?.() ?? null, choose: (item) => p.command(item), move });
    };
    return {
      onStart: (p: SuggestionProps<any, any>) => draw(p, 0),
      onUpdate: (p: SuggestionProps<any, any>) => draw(p, 0),
      onKeyDown: ({ event }: SuggestionKeyDownProps) => {
        const now = popped.current;
        if (event.key === "Escape" && now) {
          set(undefined);
          event.stopPropagation();
          return true;
        }
        if (!now || now.items.length === 0) return false;
        const n = now.items.length;
        if (event.key === "ArrowDown") now.move((now.marked + 1) % n);
        else if (event.key === "ArrowUp") now.move((now.marked + n - 1) % n);
        else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") now.choose(now.items[now.marked] as T);
        else return false;
        return true;
      },
      onExit: () => set(undefined),
    };
  };
}
