import { queryOptions, useQuery } from "@tanstack/react-query";
import { type Schema, call, client } from "@/api/client";

// Lists of a few things that several pages choose from.

export type Brand = Schema<"Brand">;
export type Inbox = Schema<"Inbox">;

const all = { params: { query: { limit: 200 } } } as const;

export const useBrands = () => useQuery({ queryKey: ["desk", "brands", "all"], queryFn: () => call(client.GET("/brands", all)) }).data?.items ?? [];
export const useInboxes = () => useQuery({ queryKey: ["desk", "inboxes", "all"], queryFn: () => call(client.GET("/inboxes", all)) }).data?.items ?? [];
export const useGroups = () => useQuery({ queryKey: ["desk", "groups", "all"], queryFn: () => call(client.GET("/groups", all)) }).data?.items ?? [];

export const calendarsKey = ["desk", "calendars"];
/** Business hours, by name. */
export const calendarList = queryOptions({ queryKey: calendarsKey, queryFn: () => call(client.GET("/calendars")) });
