import { queryOptions } from "@tanstack/react-query";
import { type Schema, call, client, once } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";

// Work on many tickets or shares at once: a look at what would come of it, the work itself, and how it goes.

export type Bulk = Schema<"Bulk">;
export type BulkFailure = Schema<"BulkFailure">;
/** What was asked for with preview is answered with that, for which the description has a second shape. */
export type BulkPreview = Schema<"BulkPreview">;
/** What is to be done, and with which tickets. The server tells people of shares unless it is told not to. */
export type BulkWork = Omit<Schema<"NewBulk">, "preview" | "share"> & { share?: Omit<Schema<"NewShare">, "notify"> & { notify?: boolean } };

const body = (work: BulkWork, preview: boolean) => ({ ...work, preview }) as Schema<"NewBulk">;

/** previewBulk says what would come of it, and changes nothing. */
export const previewBulk = (work: BulkWork, signal?: AbortSignal) =>
  call(client.POST("/bulk", { body: body(work, true), ...(signal ? { signal } : {}) })) as Promise<unknown> as Promise<BulkPreview>;

/** startBulk does it: at once for a few tickets, as a job for many. */
export const startBulk = (work: BulkWork, key?: string) => call(client.POST("/bulk", { body: body(work, false), headers: once(key) })) as Promise<unknown> as Promise<Bulk>;

/** under says whether it has not ended: it goes on, or rests. */
export const under = (bulk: Bulk | undefined) => bulk?.state === "waiting" || bulk?.state === "running" || bulk?.state === "paused";

/** bulkOf follows one until it is done: by the live stream, and every two seconds in case that is cut off. */
export const bulkOf = (started: Bulk) =>
  queryOptions({
    queryKey: ["bulk", started.id],
    queryFn: () => call(client.GET("/bulk/{id}", { params: { path: { id: started.id } } })),
    initialData: started,
    staleTime: under(started) ? 0 : Infinity,
    refetchInterval: (query) => (under(query.state.data) ? 2000 : false),
  });

export const cancelBulk = (id: number) => call(client.POST("/bulk/{id}/cancel", { params: { path: { id } }, headers: once() }));

export const pauseBulk = (id: number) => call(client.POST("/bulk/{id}/pause", { params: { path: { id } }, headers: once() }));
export const resumeBulk = (id: number) => call(client.POST("/bulk/{id}/resume", { params: { path: { id } }, headers: once() }));
/** undoBulk takes back what one did, as bulk work of its own. */
export const undoBulk = (id: number) => call(client.POST("/bulk/{id}/undo", { params: { path: { id } }, headers: once() })) as Promise<unknown> as Promise<Bulk>;

/** takeBack undoes bulk work and says what came of it in passing. */
export async function takeBack(id: number) {
  try {
    const bulk = await undoBulk(id);
    if (under(bulk)) toast(t("tickets.bulk.undoing"));
    else if (bulk.failed > 0 && bulk.done === 0) toast({ text: bulk.failures[0]?.message ?? tn("tickets.bulk.refused", bulk.failed), error: true });
    else toast([tn("tickets.bulk.undone", bulk.done), ...(bulk.failed > 0 ? [tn("tickets.bulk.refused", bulk.failed)] : [])].join(" · "));
  } catch (error) {
    toast({ text: explain(error), error: true });
  }
}

export const allFailures = (id: number, cursor?: string) => call(client.GET("/bulk/{id}/failures", { params: { path: { id }, query: cursor ? { cursor } : {} } }));
