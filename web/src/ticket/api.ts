import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError, type Schema, call, client } from "@/api/client";
import { type Message, type Row, type Ticket, type TicketEvent, queries, ticket as ticketOf } from "@/api/queries";
import { t } from "@/app/i18n";
import { size } from "@/app/time";

export type Kind = "reply" | "note" | "local_note";
export type Attachment = Schema<"Attachment">;
export type Reader = Schema<"Reader">;
export type Target = Schema<"TargetChoice">;
export type Snippet = Schema<"Snippet">;
export type Patch = Schema<"TicketPatch">;
export type OwnField = Schema<"OwnField">;
export type Draft = Schema<"Draft">;

const at = (number: number) => ({ params: { path: { number } } });

/** Every page of a list that is kept oldest first. */
async function whole<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; next: string | null }>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const got = await page(cursor);
    all.push(...got.items);
    cursor = got.next ?? undefined;
  } while (cursor);
  return all;
}

export const messages = (number: number) =>
  queryOptions({
    queryKey: ["ticket", number, "messages"],
    queryFn: ({ signal }) =>
      whole(async (cursor) => {
        const query = { limit: 200, ...(cursor ? { cursor } : {}) };
        return (await call(client.GET("/tickets/{number}/messages", { params: { path: { number }, query }, signal }))) as { items: Message[]; next: string | null };
      }),
  });

export const events = (number: number) =>
  queryOptions({
    queryKey: ["ticket", number, "events"],
    queryFn: ({ signal }) =>
      whole(async (cursor) => {
        const query = { limit: 200, ...(cursor ? { cursor } : {}) };
        return (await call(client.GET("/tickets/{number}/events", { params: { path: { number }, query }, signal }))) as { items: TicketEvent[]; next: string | null };
      }),
  });

/**
 * fetchAhead fetches what a ticket shows first. A shared ticket's head is left out: to ask for it is to open it, which those
 * who shared it are told.
 */
export function fetchAhead({ number, shares }: Pick<Row, "number" | "shares">) {
  if (shares === 0) void queries.prefetchQuery(ticketOf(number));
  void queries.prefetchQuery(messages(number));
  void queries.prefetchQuery(events(number));
}

/** Who would read a reply, a note and a local note. */
export const readers = (number: number) =>
  queryOptions({ queryKey: ["ticket", number, "readers"], queryFn: () => call(client.GET("/tickets/{number}/readers", at(number))) });

export const presence = (number: number) =>
  queryOptions({ queryKey: ["presence", number], queryFn: () => call(client.GET("/tickets/{number}/presence", at(number))), staleTime: 0 });

const desk = { staleTime: 5 * 60_000 };
export const statuses = queryOptions({ queryKey: ["desk", "statuses"], queryFn: () => call(client.GET("/ticket-statuses")), ...desk });
export const fields = queryOptions({ queryKey: ["desk", "fields"], queryFn: () => call(client.GET("/ticket-fields")), ...desk });
export const groups = queryOptions({ queryKey: ["desk", "groups"], queryFn: () => call(client.GET("/groups", { params: { query: { limit: 200 } } })), ...desk });
export const inboxes = queryOptions({ queryKey: ["desk", "inboxes"], queryFn: () => call(client.GET("/inboxes", { params: { query: { limit: 200 } } })), ...desk });
export const departments = queryOptions({ queryKey: ["desk", "departments"], queryFn: () => call(client.GET("/departments", { params: { query: { limit: 200 } } })), ...desk });

/** Agents and groups whose name or address begins so, with what access they have to the ticket already. */
export const targets = (q: string, number = 0) =>
  queryOptions({
    queryKey: ["targets", number, q],
    queryFn: () => call(client.GET("/share-targets", { params: { query: { q, limit: 8, ...(number ? { ticket: number } : {}) } } })),
    placeholderData: keepPreviousData,
  });

export const findTargets = async (q: string, number: number, kind: Target["kind"]) =>
  (await queries.fetchQuery(targets(q, number))).items.filter((x) => x.kind === kind);

/** Agents to mention in a message on a ticket, those who can open it first. */
export const findMentionable = async (q: string, number: number) =>
  (
    await queries.fetchQuery({
      queryKey: ["targets", number, "mention", q],
      queryFn: () => call(client.GET("/tickets/{number}/mentionable", { params: { path: { number }, query: { q, limit: 8 } } })),
    })
  ).items;

/** People of the desk by parts of their name or address. */
export const findPeople = async (q: string, kind: "agent" | "requester") =>
  (await call(client.GET("/people", { params: { query: { kind, active: "true", limit: 12, ...(q ? { q } : {}) } } }))).items;

export const findSnippets = async (q: string) => (await call(client.GET("/snippets", { params: { query: { q, limit: 8 } } }))).items;

export const renderSnippet = (id: number, ticket: number) => call(client.POST("/snippets/{id}/render", { params: { path: { id } }, body: { ticket } }));

export const link = (number: number, id: number) => call(client.DELETE("/tickets/{number}/linked-tickets/{id}", { params: { path: { number, id } } }));

/** The other tickets of a requester, newest first. */
export const ticketsOf = (person: number) =>
  queryOptions({
    queryKey: ["tickets", "of", person],
    queryFn: () =>
      call(
        client.GET("/tickets", {
          params: { query: { view: "all", limit: 6, sort: "-created", filter: JSON.stringify({ field: "requester", op: "is", value: person }) } },
        }),
      ),
    retry: false,
  });

/** putTicket puts what the API answered in the place of what is shown. */
export function putTicket(number: number, ticket: unknown) {
  if (ticket) queries.setQueryData(["ticket", number, "head"], ticket as Ticket);
  void queries.invalidateQueries({ queryKey: ["ticket", number] });
  void queries.invalidateQueries({ queryKey: ["tickets"] });
}

/** refusedFile says why a file cannot be attached, "" where it can. */
export function refusedFile(file: { name: string; size: number }, settings: Record<string, unknown>): string {
  const most = Number(settings["attachments.max_bytes"] ?? 0);
  if (most > 0 && file.size > most) return t("ticket.file.too_big", { name: file.name, size: size(most) });
  const blocked = String(settings["attachments.blocked"] ?? "").toLowerCase().split(/\s+/);
  const ending = /\.[^.]+$/.exec(file.name.toLowerCase())?.[0];
  if (ending && blocked.includes(ending)) return t("ticket.file.blocked", { name: file.name });
  return "";
}

/** upload sends a file and tells how much of it has gone, from 0 to 1. */
export function upload(file: File, onProgress: (part: number) => void, signal: AbortSignal): Promise<Attachment> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, file.name);
    request.open("POST", "/api/v1/attachments");
    request.responseType = "json";
    request.upload.addEventListener("progress", (e) => e.lengthComputable && onProgress(e.loaded / e.total));
    request.addEventListener("load", () => {
      if (request.status === 201) done(request.response as Attachment);
      else fail(new ApiError(request.status, (request.response as { detail?: string } | null)?.detail ?? "", "", [], request.getResponseHeader("X-Request-Id") ?? "", 0));
    });
    request.addEventListener("error", () => fail(new ApiError(0, "", "offline", [], "", 0)));
    request.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

/** The address of a file. */
export const fileAddress = (id: number) => `/api/v1/attachments/${id}`;
