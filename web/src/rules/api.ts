import { queryOptions } from "@tanstack/react-query";
import { call, client, once } from "@/api/client";
import { queries } from "@/api/queries";
import type { Field } from "@/tickets/api";
import type { Draft, Hours, Kind, Rule } from "./model";

// What the screens of rules fetch and send. Keys begin with "rules".

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;
type Raw = Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE", <T>(path: string, init?: object) => Answer<T>>;
const raw = client as unknown as Raw;

export type Why = { place: string; holds: boolean };
export type Done = { do: string; what: string; outcome: string; reason?: string | null };
export type Tried = { number: number; subject: string; visible: boolean; matched: boolean; why: Why[]; actions: Done[] };
export type Trial = { tickets: Tried[]; examined: number; matched: number };
export type LogLine = { id: number; at: string; ticket: { number: number | null; subject: string | null; visible: boolean }; outcome: string; why: Why[] | null; actions: Done[] | null };
export type Version = Omit<Draft, "kind" | "enabled"> & { version: number; at: string; author: { id: number; name: string } | null; broken: boolean };
export type Choices = { fields: Field[]; events: { event: string; name: string; values: boolean }[]; hours: Hours[] };
type Page<T> = { items: T[] | null; next: string | null };

export const rulesKey = ["rules"] as const;

export const rulesOf = (kind: Kind) => queryOptions({ queryKey: ["rules", "list", kind], queryFn: async () => (await call(raw.GET<Page<Rule>>("/rules", { params: { query: { kind } } }))).items ?? [] });
export const ruleOf = (id: number) => queryOptions({ queryKey: ["rules", "one", id], queryFn: () => call(raw.GET<Rule>("/rules/{id}", { params: { path: { id } } })) });
export const choices = queryOptions({ queryKey: ["rules", "choices"], queryFn: () => call(raw.GET<Choices>("/rule-choices")), staleTime: 300_000 });

export const calendars = queryOptions({ queryKey: ["desk", "calendars"], queryFn: async () => (await call(raw.GET<Page<{ id: number; name: string }>>("/calendars"))).items ?? [], retry: false });

export const makeRule = (draft: Draft, header: object) => call(raw.POST<Rule>("/rules", { headers: header, body: draft }));
export const changeRule = (id: number, version: number, body: Partial<Draft>) => call(raw.PATCH<Rule>("/rules/{id}", { params: { path: { id } }, body: { ...body, version } }));
export const dropRule = (id: number) => call(raw.DELETE("/rules/{id}", { params: { path: { id } } }));
export const copyRule = (id: number) => call(raw.POST<Rule>("/rules/{id}/copy", { params: { path: { id } }, headers: once() }));
export const orderRules = (kind: Kind, ids: number[]) => call(raw.PUT("/rules/order", { body: { kind, ids } }));
export const tryRule = (rule: Draft, ticket: number) => call(raw.POST<Trial>("/rules/try", { body: { rule, ...(ticket ? { ticket } : {}) } }));
export const logPage = (id: number, query: { cursor?: string; outcome?: string }) => call(raw.GET<Page<LogLine>>("/rules/{id}/log", { params: { path: { id }, query } }));
export const versionsOf = (id: number) => queryOptions({ queryKey: ["rules", "one", id, "versions"], queryFn: async () => (await call(raw.GET<Page<Version>>("/rules/{id}/versions", { params: { path: { id } } }))).items ?? [] });
export const restoreVersion = (id: number, n: number) => call(raw.POST<Rule>("/rules/{id}/versions/{version}/restore", { params: { path: { id, version: n } }, headers: once() }));

export const refreshRules = () => queries.invalidateQueries({ queryKey: rulesKey });
