import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { ApiError, type Schema, call, client, once } from "@/api/client";
import { queries } from "@/api/queries";
import { t } from "@/app/i18n";
import { remembered } from "@/app/preferences";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { keep, saveDraft } from "./draft";

export type Later = Schema<"Scheduled">;
export type When = { send_at: string; time_zone: string; hold: boolean };

/** What waits to be sent on a ticket, is held back or could not be sent. */
export const scheduledOn = (number: number) =>
  queryOptions({
    queryKey: ["ticket", number, "scheduled"],
    queryFn: async () => (await call(client.GET("/tickets/{number}/scheduled-replies", { params: { path: { number } } }))).items,
  });

/** One's own scheduled messages on all tickets. */
export const ownScheduled = infiniteQueryOptions({
  queryKey: ["tickets", "scheduled"],
  queryFn: ({ pageParam }) => call(client.GET("/scheduled-replies", { params: { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: "",
  getNextPageParam: (last) => last.next ?? undefined,
});

/** afterChange lets every place that shows a scheduled message look again. */
export function afterChange(number: number) {
  void queries.invalidateQueries({ queryKey: ["ticket", number] });
  void queries.invalidateQueries({ queryKey: ["tickets", "scheduled"] });
}

const path = (l: Later) => ({ params: { path: { id: l.id } } });

/** attempt carries out an act on a scheduled message. One that went meanwhile is said so. */
async function attempt(l: Later, act: () => Promise<unknown>, said = ""): Promise<boolean> {
  try {
    await act();
    if (said) toast(said);
    return true;
  } catch (error) {
    const late = error instanceof ApiError && error.said["reason"] === "already_sent";
    toast({ text: late ? t("ticket.later.too_late") : explain(error), error: true });
    return false;
  } finally {
    afterChange(l.ticket.number);
  }
}

export const cancel = (l: Later) => attempt(l, () => call(client.DELETE("/scheduled-replies/{id}", path(l))), l.undo ? "" : t("ticket.later.cancelled"));
export const sendNow = (l: Later) => attempt(l, () => call(client.POST("/scheduled-replies/{id}/send", { params: { path: { id: l.id }, header: once() } })), t("ticket.later.sent"));
export const change = (l: Later, body: Schema<"ScheduledPatch">) => call(client.PATCH("/scheduled-replies/{id}", { ...path(l), body })).finally(() => afterChange(l.ticket.number));

/** undoElsewhere takes a message back from another page: it is the draft of its ticket again. */
export async function undoElsewhere(person: number, l: Later) {
  if (!(await cancel(l))) return;
  const part = { html: l.html, text: l.text, files: l.attachments, at: Date.now() };
  keep(person, l.ticket.number, l.kind, part);
  await saveDraft(l.ticket.number, l.kind, part).catch(() => undefined); // this browser has it
  toast(t("ticket.later.undone_draft", { number: l.ticket.number }));
}

/** zoneName is the time zone that somebody chose; without one it is the device's. */
export const zoneName = () => remembered().time_zone || new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** toInput writes a moment as a field for date and time takes it, in a time zone. */
export function toInput(at: Date, zone: string): string {
  const of = new Intl.DateTimeFormat("sv", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
  return of.format(at).replace(" ", "T");
}

/** fromInput reads such a field; undefined where it is empty or wrong. */
export function fromInput(text: string, zone: string): Date | undefined {
  const wanted = Date.parse(`${text}Z`);
  if (Number.isNaN(wanted)) return undefined;
  let at = wanted;
  // The second round settles a moment near the change to or from summer time.
  for (let i = 0; i < 2; i++) at += wanted - Date.parse(`${toInput(new Date(at), zone)}Z`);
  return new Date(at);
}

const dayAfter = (day: string, n: number) => new Date(Date.parse(`${day}T00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);

export type Preset = { key: "hour" | "evening" | "tomorrow" | "monday"; at: Date };

/** presets are moments that people often choose, in their time zone. */
export function presets(now: Date, zone: string): Preset[] {
  const text = toInput(now, zone);
  const today = text.slice(0, 10);
  const hour = Number(text.slice(11, 13));
  const weekday = new Date(`${today}T00:00Z`).getUTCDay();
  const list: { key: Preset["key"]; at: Date | undefined }[] = [{ key: "hour", at: new Date(now.getTime() + 3_600_000) }];
  if (hour < 16) list.push({ key: "evening", at: fromInput(`${today}T18:00`, zone) });
  list.push({ key: "tomorrow", at: fromInput(`${dayAfter(today, 1)}T08:00`, zone) });
  // On a Sunday tomorrow is Monday already.
  if (weekday !== 0) list.push({ key: "monday", at: fromInput(`${dayAfter(today, 8 - weekday)}T08:00`, zone) });
  return list.filter((p): p is Preset => !!p.at);
}
