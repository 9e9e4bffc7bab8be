import { queryOptions } from "@tanstack/react-query";
import { type Schema, call, client, once } from "@/api/client";
import { queries } from "@/api/queries";
import type { Draft, Kind, Rule } from "./model";

// What the screens of rules fetch and send. Keys begin with "rules".

export type Why = Schema<"RuleWhy">;
export type Done = Schema<"RuleDid">;
export type Tried = Schema<"RuleTried">;
export type Trial = Schema<"RuleTrial">;
export type LogLine = Schema<"RuleLog">;
export type Version = Omit<Schema<"RuleVersion">, "actions" | "hours" | "performers"> & Pick<Draft, "actions" | "hours" | "performers">;
export type Choices = Schema<"RuleChoices">;
type Outcome = LogLine["outcome"];

export const rulesKey = ["rules"] as const;
const path = (id: number) => ({ params: { path: { id } } });
// The screens know more about actions than the API's description says: which members go with which kind.
const rule = (r: Schema<"Rule">) => r as Rule;
const body = (draft: Draft) => draft as Schema<"NewRule">;

export const rulesOf = (kind: Kind) =>
  queryOptions({ queryKey: ["rules", "list", kind], queryFn: async () => (await call(client.GET("/rules", { params: { query: { kind } } }))).items.map(rule) });
export const ruleOf = (id: number) => queryOptions({ queryKey: ["rules", "one", id], queryFn: async () => rule(await call(client.GET("/rules/{id}", path(id)))) });
export const choices = queryOptions({ queryKey: ["rules", "choices"], queryFn: () => call(client.GET("/rule-choices")) });

export const makeRule = async (draft: Draft, headers: ReturnType<typeof once>) => rule(await call(client.POST("/rules", { headers, body: body(draft) })));
export const changeRule = async (id: number, version: number, change: Partial<Draft>) =>
  rule(await call(client.PATCH("/rules/{id}", { ...path(id), body: { ...(change as Schema<"RulePatch">), version } })));
export const dropRule = (id: number) => call(client.DELETE("/rules/{id}", path(id)));
export const copyRule = async (id: number) => rule(await call(client.POST("/rules/{id}/copy", { ...path(id), headers: once() })));
export const orderRules = (kind: Kind, ids: number[]) => call(client.PUT("/rules/order", { body: { kind, ids } }));
export const tryRule = (draft: Draft, ticket: number) => call(client.POST("/rules/try", { body: { rule: body(draft), ...(ticket ? { ticket } : {}) } }));
export const logPage = (id: number, query: { cursor?: string; outcome?: Outcome }) => call(client.GET("/rules/{id}/log", { params: { path: { id }, query } }));
export const versionsOf = (id: number) =>
  queryOptions({ queryKey: ["rules", "one", id, "versions"], queryFn: async () => (await call(client.GET("/rules/{id}/versions", path(id)))).items as Version[] });
export const restoreVersion = async (id: number, version: number) =>
  rule(await call(client.POST("/rules/{id}/versions/{version}/restore", { params: { path: { id, version } }, headers: once() })));

export const refreshRules = () => queries.invalidateQueries({ queryKey: rulesKey });
