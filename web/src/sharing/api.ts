import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { type Schema, call, client, once } from "@/api/client";
import type { Share } from "@/api/queries";
import type { Choice, Level, Target } from "./model";

// What the screens of sharing fetch and send. Bulk work and the list of all shares are written against their contract
// with types of their own, until they stand in api/openapi.yaml.

export type NewShare = Omit<Schema<"NewShare">, "notify"> & { notify?: boolean };
export type SharePatch = Schema<"SharePatch">;
export type AccessRequest = Schema<"AccessRequest">;
export type RequestState = AccessRequest["state"];

export type BulkFailure = { number: number | null; subject: string | null; share: number | null; code: string; message: string };
export type Bulk = {
  id: number;
  action: "share" | "unshare" | "change" | "revoke";
  state: "waiting" | "running" | "done" | "cancelled";
  total: number;
  done: number;
  failed: number;
  failures: BulkFailure[];
  changed: number[];
};
export type BulkPreview = { count: number; more: boolean; allowed: number; refused: BulkFailure[]; people: number };
export type BulkWish = { tickets?: number[]; list?: Record<string, unknown>; share?: NewShare; unshare?: { targets: { kind: string; id: number }[] } };

export type ListedShare = Share & {
  state: "live" | "expired" | "ended";
  ticket: { visible: boolean; number?: number | null; subject?: string | null };
  ended_at: string | null;
  ended_by: { id: number; name: string } | null;
  end_cause: string;
};
export type ShareFilter = {
  target_kind?: string | undefined;
  target_id?: number | undefined;
  created_by?: number | undefined;
  cause?: string | undefined;
  since?: string | undefined;
  before?: string | undefined;
  expires_before?: string | undefined;
  state?: string | undefined;
  q?: string | undefined;
};
export type Page<T> = { items: T[]; next: string | null };

type Loose = (path: string, init?: unknown) => ReturnType<typeof client.GET>;
const loose = client as unknown as { GET: Loose; POST: Loose };
const ask = <T>(answer: ReturnType<Loose>) => call(answer as never) as Promise<T>;

export const addShares = (number: number, body: NewShare) =>
  call(client.POST("/tickets/{number}/shares", { params: { path: { number } }, headers: once(), body: { notify: true, ...body } }));
export const changeShare = (number: number, id: number, body: SharePatch) =>
  call(client.PATCH("/tickets/{number}/shares/{id}", { params: { path: { number, id } }, body }));
export const endShare = (number: number, id: number) => call(client.DELETE("/tickets/{number}/shares/{id}", { params: { path: { number, id } } }));
export const leaveTicket = (number: number) => call(client.POST("/tickets/{number}/leave", { params: { path: { number } }, headers: once() }));

/** findTargets searches whom a ticket can be shared with; number 0 is no ticket in particular. */
export const findTargets = (q: string, number: number, limit = 10, signal?: AbortSignal) =>
  call(client.GET("/share-targets", { params: { query: { q, limit, ...(number ? { ticket: number } : {}) } }, ...(signal ? { signal } : {}) }));

export const targets = (q: string, number: number) =>
  queryOptions({
    queryKey: number ? ["ticket", number, "targets", q] : ["share-targets", q],
    queryFn: async ({ signal }) => (await findTargets(q, number, 10, signal)).items as Choice[],
    placeholderData: keepPreviousData,
    staleTime: 20_000,
  });

/** The members of a group by its name, to say how many people a share lets in. */
export const groupMembers = (group: Target) =>
  queryOptions({
    queryKey: ["groups", "members", group.id],
    queryFn: async () => {
      const list = await call(client.GET("/groups", { params: { query: { q: group.name, limit: 50 } } }));
      return list.items.find((g) => g.id === group.id)?.members ?? null;
    },
  });

export const findPeople = (q: string) =>
  queryOptions({
    queryKey: ["people", "find", q],
    queryFn: async () => (await call(client.GET("/people", { params: { query: { q, active: "true", limit: 10 } } }))).items,
    placeholderData: keepPreviousData,
  });

/** How far one person sees a ticket, and why. */
export const sightOf = (number: number, person: number) =>
  queryOptions({
    queryKey: ["ticket", number, "access", person],
    queryFn: async () => (await call(client.GET("/tickets/{number}/access", { params: { path: { number }, query: { person } } }))).items[0],
  });

/** A share that is over, as the history has it. */
export type Ended = { line: number; share: number; at: string; kind: string; target: Target; level: string; by: string };

/** What the history tells of a ticket's shares: the line that made each, and those that are over. */
export const shareHistory = (number: number) =>
  queryOptions({
    queryKey: ["ticket", number, "share-history"],
    queryFn: async () => {
      const made = new Map<number, number>();
      const ended: Ended[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < 10; page++) {
        // oxlint-disable-next-line no-await-in-loop -- each page names the next
        const list = await call(client.GET("/tickets/{number}/events", { params: { path: { number }, query: { limit: 200, ...(cursor ? { cursor } : {}) } } }));
        for (const e of list.items) {
          if (!("share" in e) || !e.share?.id) continue;
          if (e.kind === "ticket.share.created") made.set(e.share.id, e.id);
          else if (/(revoked|left|expired)$/.test(e.kind) && e.share.target)
            ended.push({ line: e.id, share: e.share.id, at: e.at, kind: e.kind, target: e.share.target, level: e.share.old?.level ?? "", by: e.actor?.name ?? "" });
        }
        if (!list.next) break;
        cursor = list.next;
      }
      return { made, ended: ended.reverse() };
    },
  });

export const askAccess = (number: number, level: Level, reason: string) =>
  call(client.POST("/tickets/{number}/access-requests", { params: { path: { number } }, headers: once(), body: { level, reason } }));

export const requests = (state: RequestState) => ({
  queryKey: ["requests", "list", state],
  queryFn: ({ pageParam }: { pageParam: string }) => call(client.GET("/access-requests", { params: { query: { state, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: "",
  getNextPageParam: (last: Page<AccessRequest>) => last.next ?? undefined,
});

export const ticketRequests = (number: number) =>
  queryOptions({
    queryKey: ["ticket", number, "access-requests"],
    queryFn: async () => (await call(client.GET("/tickets/{number}/access-requests", { params: { path: { number }, query: { limit: 50 } } }))).items,
  });

export const grantAccess = (id: number, level: Level) => call(client.POST("/access-requests/{id}/grant", { params: { path: { id } }, headers: once(), body: { level } }));
export const declineAccess = (id: number) => call(client.POST("/access-requests/{id}/decline", { params: { path: { id } }, headers: once() }));

export const previewBulk = (wish: BulkWish, signal?: AbortSignal) => ask<BulkPreview>(loose.POST("/bulk", { body: { ...wish, preview: true }, signal }));
export const startBulk = (wish: BulkWish) => ask<Bulk>(loose.POST("/bulk", { headers: once(), body: wish }));
export const cancelBulk = (id: number) => ask<Bulk>(loose.POST(`/bulk/${id}/cancel`, { headers: once() }));

const running = (b: Bulk | undefined) => b !== undefined && (b.state === "waiting" || b.state === "running");

/** useBulk follows a bulk until it is done: by the live stream, and every two seconds in case that is cut off. */
export function useBulk(started: Bulk) {
  return useQuery({
    queryKey: ["bulk", started.id],
    queryFn: () => ask<Bulk>(loose.GET(`/bulk/${started.id}`)),
    initialData: started,
    staleTime: running(started) ? 0 : Infinity,
    refetchInterval: (q) => (running(q.state.data) ? 2000 : false),
  });
}

export const allShares = (filter: ShareFilter) => ({
  queryKey: ["shares", filter],
  queryFn: ({ pageParam, signal }: { pageParam: string; signal: AbortSignal }) =>
    ask<Page<ListedShare>>(loose.GET("/shares", { params: { query: { ...filter, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  initialPageParam: "",
  getNextPageParam: (last: Page<ListedShare>) => last.next ?? undefined,
});

export type Revocation = { ids: number[] } | { filter: ShareFilter };
export const previewRevocation = (which: Revocation) => ask<BulkPreview>(loose.POST("/shares/revoke", { body: { ...which, preview: true } }));
export const revokeShares = (which: Revocation) => ask<Bulk>(loose.POST("/shares/revoke", { headers: once(), body: which }));
