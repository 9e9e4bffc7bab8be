import { useEffect } from "react";
import { type Schema, call, client } from "@/api/client";
import { type Message, type Row, queries } from "@/api/queries";
import type { Pages } from "@/tickets/api";

/** show puts whether a ticket is unread into every list that is loaded, and into the start page. */
function show(number: number, unread: boolean) {
  const change = (row: Row) => (row.number === number && row.unread !== unread ? { ...row, unread } : row);
  queries.setQueriesData<Pages>({ queryKey: ["list"] }, (data) => data && { ...data, pages: data.pages.map((p) => ({ ...p, items: p.items.map(change) })) });
  const tab = (of: Schema<"Tab">) => ({ ...of, items: (of.items as Row[]).map(change) });
  queries.setQueriesData<Schema<"Home">>({ queryKey: ["tickets", "home"] }, (data) => data && { assigned_to_me: tab(data.assigned_to_me), shared_with_me: tab(data.shared_with_me), shared_with_my_groups: tab(data.shared_with_my_groups) });
}

/** useSeen says how far a ticket was read: as far as its newest message, while somebody looks at the page. */
export function useSeen(number: number, said: Message[] | undefined) {
  const newest = said?.at(-1)?.id ?? 0;
  useEffect(() => {
    if (!newest) return undefined;
    const note = () => {
      if (document.visibilityState !== "visible") return;
      document.removeEventListener("visibilitychange", note);
      show(number, false);
      // What fails here is said again when the ticket is opened the next time.
      void call(client.PUT("/tickets/{number}/seen", { params: { path: { number } }, body: { message: newest } })).catch(() => undefined);
    };
    document.addEventListener("visibilitychange", note);
    note();
    return () => document.removeEventListener("visibilitychange", note);
  }, [number, newest]);
}

/** markUnread lets a ticket stand as unread until it is opened again. */
export async function markUnread(number: number) {
  await call(client.DELETE("/tickets/{number}/seen", { params: { path: { number } } }));
  show(number, true);
}
