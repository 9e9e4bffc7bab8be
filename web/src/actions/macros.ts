import { queryOptions } from "@tanstack/react-query";
import { type Schema, call, client, once } from "@/api/client";

// What the screens of macros fetch and send.

export type Macro = Schema<"Macro">;
export type Preview = Schema<"MacroRun">;

/** The macros that one can run, in their order. */
export const usable = queryOptions({
  queryKey: ["macros", "usable"],
  queryFn: async () => {
    const all: Macro[] = [];
    let cursor: string | undefined;
    do {
      // oxlint-disable-next-line no-await-in-loop -- each page names the next
      const page = await call(client.GET("/macros", { params: { query: { enabled: true, limit: 200, ...(cursor ? { cursor } : {}) } } }));
      all.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor);
    return all;
  },
  staleTime: 120_000,
});

const at = (number: number) => ({ params: { path: { number } } });

/** tryMacro says what a macro would do to a ticket, and changes nothing. */
export const tryMacro = (number: number, macro_id: number, signal?: AbortSignal) =>
  call(client.POST("/tickets/{number}/macro", { ...at(number), body: { macro_id, preview: true }, ...(signal ? { signal } : {}) }));

export const runMacro = (number: number, macro_id: number) => call(client.POST("/tickets/{number}/macro", { ...at(number), headers: once(), body: { macro_id } }));
