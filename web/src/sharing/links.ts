import { queryOptions } from "@tanstack/react-query";
import { type Schema, call, client, once } from "@/api/client";
import type { Me, Ticket } from "@/api/queries";
import { type Key, t, tn } from "@/app/i18n";
import { ago } from "@/app/time";
import { ends, maySetShares } from "./model";

// Public links: what is fetched and sent, and what it means in words.

export type Link = Schema<"PublicLink">;
export type MadeLink = Schema<"MadeLink">;
export type LinkUse = Schema<"LinkUse">;
export type NewLink = Schema<"NewPublicLink">;
export type LinkPatch = Schema<"PublicLinkPatch">;
type Settings = Me["settings"];

export const links = (number: number) =>
  queryOptions({
    queryKey: ["ticket", number, "public-links"],
    queryFn: async () => (await call(client.GET("/tickets/{number}/links", { params: { path: { number } } }))).items,
  });

export const linkUses = (number: number, id: number) =>
  queryOptions({
    queryKey: ["ticket", number, "public-links", id, "uses"],
    queryFn: () => call(client.GET("/tickets/{number}/links/{id}/uses", { params: { path: { number, id }, query: { limit: 50 } } })),
    staleTime: 0,
  });

export const makeLink = (number: number, body: NewLink) =>
  call(client.POST("/tickets/{number}/links", { params: { path: { number } }, headers: once(), body })) as Promise<MadeLink>;
export const changeLink = (number: number, id: number, body: LinkPatch) => call(client.PATCH("/tickets/{number}/links/{id}", { params: { path: { number, id } }, body }));
export const resetLink = (number: number, id: number) =>
  call(client.POST("/tickets/{number}/links/{id}/reset", { params: { path: { number, id } }, headers: once() })) as Promise<MadeLink>;
export const revokeLink = (number: number, id: number) => call(client.DELETE("/tickets/{number}/links/{id}", { params: { path: { number, id } } }));
export const revokeLinks = (number: number) => call(client.DELETE("/tickets/{number}/links", { params: { path: { number } } }));

/** mayMakeLinks says whether somebody may make public links of a ticket: the rule of the server, for what to offer. */
export function mayMakeLinks(ticket: Pick<Ticket, "rights" | "reasons" | "private" | "spam" | "deleted" | "brand_inactive">, permissions: readonly string[], settings: Settings): boolean {
  return (
    settings["links.enabled"] === true &&
    settings["sharing.enabled"] === true &&
    maySetShares(ticket, permissions) &&
    ticket.rights.includes("forward") &&
    !ticket.private &&
    !ticket.spam &&
    !ticket.deleted &&
    !ticket.brand_inactive
  );
}

/** standing says whether a link is there to be used, now or when something else allows it again. */
export const standing = (link: Link) => link.state === "live" || link.state === "asleep";

/** usual is how many days a new link lasts when nobody chooses. */
const usual = 14;

/** linkEnds gives the ends that may be chosen for a link, the usual one first. "" is never. */
export function linkEnds(settings: Settings): { value: string; label: string }[] {
  const most = Number(settings["links.max_days"] ?? 0);
  const first = most > 0 ? Math.min(usual, most) : usual;
  const fixed = [1, 7, 14, 30, 90].filter((n) => n !== first && (most === 0 || n <= most));
  const days = [first, ...fixed].map((n) => ({ value: String(n), label: n === 1 ? t("sharing.end.day") : t("sharing.end.days", { count: n }) }));
  return [...days, { value: "date", label: t("sharing.end.date") }, ...(most === 0 ? [{ value: "", label: t("sharing.end.none") }] : [])];
}

/** linkViews gives how many visits may be chosen; "" is without a limit. */
export function linkViews(settings: Settings, now = 0): { value: string; label: string }[] {
  const most = Number(settings["links.max_views"] ?? 0);
  const list = [...new Set([1, 5, 10, 50, ...(most > 0 ? [most] : []), ...(now > 0 ? [now] : [])])].filter((n) => most === 0 || n <= most || n === now).sort((a, b) => a - b);
  return [...(most === 0 ? [{ value: "", label: t("sharing.links.views.any") }] : []), ...list.map((n) => ({ value: String(n), label: tn("sharing.links.views", n) }))];
}

/** linkLevel puts the level of a link in words. */
export const linkLevel = (level: string) => t(level === "comment" ? "sharing.links.level.comment" : "sharing.links.level.view");

export const linkName = (link: Pick<Link, "label">) => link.label || t("sharing.links.one");

/** stateName says why a link opens nothing; "" where it does. */
export function stateName(link: Link): string {
  const names: Record<string, Key> = { asleep: "sharing.links.state.asleep", expired: "sharing.links.state.expired", used_up: "sharing.links.state.used_up", revoked: "sharing.links.state.revoked" };
  const key = names[link.state];
  return key ? t(key) : "";
}

/** told says how a link stands, in a line: what it lets do, its end, and how often it was opened. */
export function told(link: Link, now = Date.now()): string {
  const opened = link.last_used_at ? `${tn("sharing.links.opened", link.views)}, ${t("sharing.links.last", { when: ago(link.last_used_at, "long", now) })}` : t("sharing.links.unopened");
  const most = link.max_views && link.max_views > link.views ? tn("sharing.links.left", link.max_views - link.views) : "";
  return [linkLevel(link.level), link.expires_at && standing(link) ? ends(link.expires_at, now) : "", opened, standing(link) ? most : ""].filter(Boolean).join(" · ");
}
