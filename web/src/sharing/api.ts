import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schema, call, client, once } from "@/api/client";
import type { Bulk, BulkPreview } from "@/tickets/bulk";
import type { Level, Target } from "./model";

// What the screens of sharing fetch and send.

export type NewShare = Omit<Schema<"NewShare">, "notify"> & { notify?: boolean };
/** What one ticket is shared with: by hand, or as a template has it, with a note. */
export type TicketShare = Omit<Schema<"TicketShare">, "notify"> & { notify?: boolean };
export type ShareTemplate = Schema<"ShareTemplate">;
export type SharePatch = Schema<"SharePatch">;
export type AccessRequest = Schema<"AccessRequest">;
export type RequestState = AccessRequest["state"];

export type ListedShare = Schema<"ListedShare">;
export type ShareFilter = Schema<"ShareFilter">;
export type Revocation = { ids: number[] } | { filter: ShareFilter };
export type Page<T> = { items: T[]; next: string | null };

export const addShares = (number: number, body: TicketShare) =>
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
    queryFn: ({ signal }) => findTargets(q, number, 10, signal),
    placeholderData: keepPreviousData,
    staleTime: 20_000,
  });

/** The members of groups by their ids, to say how many people a share lets in. A group that is gone is left out. */
export const groupMembers = (groups: Target[]) =>
  queryOptions({
    queryKey: ["groups", "members", groups.map((g) => g.id)],
    queryFn: async () => {
      const one = async (group: Target) => {
        const list = await call(client.GET("/groups", { params: { query: { q: group.name, limit: 50 } } }));
        return list.items.filter((g) => g.id === group.id);
      };
      return new Map((await Promise.all(groups.map(one))).flat().map((g) => [g.id, g.members]));
    },
    enabled: groups.length > 0,
    placeholderData: keepPreviousData,
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

/** grantAccess lets somebody in. Comments are internal notes, so whoever may comment may read those. */
export const grantAccess = (id: number, level: Level) =>
  call(client.POST("/access-requests/{id}/grant", { params: { path: { id } }, headers: once(), body: { level, ...(level === "comment" ? { see_internal: true } : {}) } }));
export const declineAccess = (id: number) => call(client.POST("/access-requests/{id}/decline", { params: { path: { id } }, headers: once() }));

export const allShares = (filter: Schema<"ShareFilter"> | { state?: "ended" }) => ({
  queryKey: ["shares", filter],
  queryFn: ({ pageParam, signal }: { pageParam: string; signal: AbortSignal }) =>
    call(client.GET("/shares", { params: { query: { ...filter, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  initialPageParam: "",
  getNextPageParam: (last: Page<ListedShare>) => last.next ?? undefined,
});

export const previewRevocation = (which: Revocation) => call(client.POST("/shares/revoke", { body: { ...which, preview: true } })) as Promise<unknown> as Promise<BulkPreview>;
export const revokeShares = (which: Revocation) => call(client.POST("/shares/revoke", { headers: once(), body: which })) as Promise<unknown> as Promise<Bulk>;

/** Shares that are made again and again, by name. */
export const shareTemplates = queryOptions({
  queryKey: ["share-templates"],
  queryFn: async () => (await call(client.GET("/share-templates"))).items,
  staleTime: 60_000,
});
