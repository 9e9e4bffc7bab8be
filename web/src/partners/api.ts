import { queryOptions } from "@tanstack/react-query";
import { type Schema, call, client, once } from "@/api/client";
import type { DeliveryState, Partner } from "./types";

// What the screens of partners fetch and send.

export const partnersKey = ["desk", "partners"];

const at = (id: number) => ({ params: { path: { id } } });

export const partners = queryOptions({ queryKey: [...partnersKey, "list"], queryFn: () => call(client.GET("/partners")), refetchInterval: 10_000 });
export const partner = (id: number) => queryOptions({ queryKey: [...partnersKey, id], queryFn: () => call(client.GET("/partners/{id}", at(id))), refetchInterval: 10_000 });

type Key = ReturnType<typeof once>;
export const invite = (body: Schema<"NewPartner">, headers: Key) => call(client.POST("/partners", { headers, body }));
export const changePartner = (p: Pick<Partner, "id" | "version">, body: Omit<Schema<"PartnerPatch">, "version">) => call(client.PATCH("/partners/{id}", { ...at(p.id), body: { ...body, version: p.version } }));
export const removePartner = (id: number) => call(client.DELETE("/partners/{id}", at(id)));
export const testPartner = (id: number) => call(client.POST("/partners/{id}/test", { ...at(id), headers: once() }));
export const retryPartner = (id: number) => call(client.POST("/partners/{id}/retry", { ...at(id), headers: once() }));
export const rotateKey = (id: number) => call(client.POST("/partners/{id}/rotate-key", { ...at(id), headers: once() }));

export const deliveries = (id: number, state: DeliveryState | undefined, cursor: { cursor?: string }) =>
  call(client.GET("/partners/{id}/deliveries", { params: { path: { id }, query: { ...cursor, ...(state ? { state } : {}) } } }));
export const retryDelivery = (id: number, delivery: number) => call(client.POST("/partners/{id}/deliveries/{delivery}/retry", { params: { path: { id, delivery } }, headers: once() }));

export const invitations = queryOptions({ queryKey: [...partnersKey, "invitations"], queryFn: () => call(client.GET("/partner-invitations")) });
export const makeInvitation = (note: string, headers: Key) => call(client.POST("/partner-invitations", { headers, body: { note } }));
export const endInvitation = (id: number) => call(client.DELETE("/partner-invitations/{id}", at(id)));

export const people = (id: number, cursor: { cursor?: string }) => call(client.GET("/partners/{id}/people", { params: { path: { id }, query: cursor } }));
export const linkPerson = (id: number, theirs: number, person: number | null) => call(client.PUT("/partners/{id}/people/{person}", { params: { path: { id, person: theirs } }, body: { person_id: person } }));
export const seenFields = (id: number) => queryOptions({ queryKey: [...partnersKey, id, "fields"], queryFn: () => call(client.GET("/partners/{id}/fields", at(id))) });

// One ticket.

const of = (number: number) => ({ params: { path: { number } } });
const link = (number: number, id: number) => ({ params: { path: { number, id } } });
export type Wish = Schema<"SharePartners">;
export const ticketPartners = (number: number) => queryOptions({ queryKey: ["ticket", number, "partners"], queryFn: () => call(client.GET("/tickets/{number}/partners", of(number))) });
export const preview = (number: number, body: Wish) =>
  queryOptions({ queryKey: ["ticket", number, "partner-preview", body], queryFn: () => call(client.POST("/tickets/{number}/partners/preview", { ...of(number), body })), staleTime: 0 });
export const shareWith = (number: number, body: Wish, headers: Key) => call(client.POST("/tickets/{number}/partners", { ...of(number), headers, body }));
export const unshare = (number: number, id: number) => call(client.DELETE("/tickets/{number}/partners/{id}", link(number, id)));
export const detach = (number: number, id: number) => call(client.POST("/tickets/{number}/partners/{id}/detach", { ...link(number, id), headers: once() }));
export const resume = (number: number, id: number) => call(client.POST("/tickets/{number}/partners/{id}/resume", { ...link(number, id), headers: once() }));
