import { QueryClient, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError, type Schema, call, client } from "./client";

// What several screens fetch. Keys begin with what they hold, so that live.ts can mark it as out of date.

export type Me = Schema<"Me">;
export type Ticket = Schema<"Ticket">;
export type Row = Schema<"Listed">;
export type Message = Schema<"Message">;
export type TicketEvent = Schema<"Event">;
export type Share = Schema<"Share">;
export type View = Schema<"View">;
export type Notification = Schema<"Notification">;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000, // the live stream says when something changed
      retry: (times, error) => times < 2 && !(error instanceof ApiError && error.status > 0 && error.status < 500),
      throwOnError: false,
    },
  },
});

export const me = queryOptions({ queryKey: ["me"], queryFn: () => call(client.GET("/me")) });

export const views = queryOptions({ queryKey: ["views", "list"], queryFn: () => call(client.GET("/views")) });

export const viewCounts = queryOptions({
  queryKey: ["views", "counts"],
  queryFn: () => call(client.GET("/views/counts", { params: { query: { state: "open" } } })),
  placeholderData: keepPreviousData,
});

/** One ticket as an agent sees it. 404 means unknown or not visible, which look alike. */
export const ticket = (number: number) =>
  queryOptions({
    queryKey: ["ticket", number, "head"],
    queryFn: async () => (await call(client.GET("/tickets/{number}", { params: { path: { number } } }))) as Ticket,
  });

export const shares = (number: number) =>
  queryOptions({
    queryKey: ["ticket", number, "shares"],
    queryFn: () => call(client.GET("/tickets/{number}/shares", { params: { path: { number } } })),
  });

/** Who can see a ticket, at what level and why. */
export const whoSees = (number: number) =>
  queryOptions({
    queryKey: ["ticket", number, "access"],
    queryFn: () => call(client.GET("/tickets/{number}/access", { params: { path: { number } } })),
  });

export const notifications = queryOptions({ queryKey: ["notifications"], queryFn: () => call(client.GET("/notifications", {})) });
