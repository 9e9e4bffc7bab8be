import { useRef, useState } from "react";
import { ApiError, call, client } from "@/api/client";
import { type Ticket, ticket as ticketOf, queries } from "@/api/queries";
import { t } from "@/app/i18n";
import { toast } from "@/ui/toast";
import { explain } from "@/ui/states";
import type { Pending } from "./PendingAsk";
import { type Patch, putTicket } from "./api";

/** Somebody else changed the same field meanwhile. */
export type Conflict = { field: string; theirs: string; mine: string; patch: Patch; shown: Partial<Ticket> };
export type Save = (patch: Patch, shown: Partial<Ticket>, mine?: string) => Promise<boolean>;

/** What the history calls the fields of a change. */
const historyName: Record<string, string> = {
  assignee_id: "assignee", group_id: "group", inbox_id: "inbox", department_id: "department", requester_id: "requester", status_id: "status", ccs: "cc",
};

function fieldsOf(patch: Patch): string[] {
  return Object.entries(patch).flatMap(([name, value]) => (name === "fields" ? Object.keys(value as object).map((id) => `field:${id}`) : name === "version" || name === "pending" ? [] : [historyName[name] ?? name]));
}

/**
 * useSaver changes fields of a ticket: shown at once, taken back when it fails. Changes of other fields by others are
 * merged without a word; of the same field it asks.
 */
export function useSaver(number: number) {
  const [conflict, setConflict] = useState<Conflict>();
  const [pending, setPending] = useState<Pending>();
  const own = useRef(new Map<string, number>());
  const key = ticketOf(number).queryKey;

  const put = async (patch: Patch, shown: Partial<Ticket>, mine: string, tries: number): Promise<boolean> => {
    const before = queries.getQueryData(key);
    if (!before) return false;
    await queries.cancelQueries({ queryKey: key });
    queries.setQueryData(key, { ...before, ...shown });
    for (const f of fieldsOf(patch)) own.current.set(f, Date.now());
    try {
      const answer = await call(client.PATCH("/tickets/{number}", { params: { path: { number } }, body: { ...patch, version: before.version } }));
      // 204: it was carried out, and one no longer sees the ticket.
      putTicket(number, answer);
      return true;
    } catch (error) {
      queries.setQueryData(key, before);
      if (error instanceof ApiError && error.status === 409 && error.said["reason"] === "version") {
        const changed = (error.said["changed"] ?? {}) as Record<string, string>;
        const same = fieldsOf(patch).find((f) => f in changed);
        await queries.refetchQueries({ queryKey: key, exact: true });
        if (!same && tries > 0) return put(patch, shown, mine, tries - 1);
        if (same) setConflict({ field: same, theirs: changed[same] ?? "", mine, patch, shown });
        return false;
      }
      if (error instanceof ApiError && error.said["reason"] === "pending_replies") {
        setPending({ count: Number(error.said["count"] ?? 1), choose: (choice) => void put({ ...patch, pending: choice }, shown, mine, tries) });
        return false;
      }
      toast({ text: explain(error), error: true });
      void queries.invalidateQueries({ queryKey: key });
      return false;
    }
  };
  const save: Save = (patch, shown, mine = "") => put(patch, shown, mine, 3);
  return {
    save,
    conflict,
    /** Scheduled messages stand in the way: what becomes of them? */
    pending,
    unask: () => setPending(undefined),
    /** Keeps what the other one set. */
    keepTheirs: () => setConflict(undefined),
    /** Sets one's own value over the other's. */
    useMine: () => {
      if (!conflict) return;
      setConflict(undefined);
      void save(conflict.patch, conflict.shown, conflict.mine);
    },
    /** Whether a field was changed here in the last seconds, and not by somebody else. */
    isOwn: (field: string) => Date.now() - (own.current.get(field) ?? 0) < 4000,
  };
}
export type Saver = ReturnType<typeof useSaver>;

/** act carries out something that has a route of its own, and tells what came of it. */
export async function act(number: number, run: () => Promise<unknown>, said?: string, undo?: () => Promise<unknown>): Promise<boolean> {
  try {
    const answer = await run();
    putTicket(number, answer && typeof answer === "object" && "number" in answer ? answer : undefined);
    if (said) toast({ text: said, ...(undo ? { undo: async () => void (await act(number, undo, t("app.done"))) } : {}) });
    return true;
  } catch (error) {
    toast({ text: explain(error), error: true });
    return false;
  }
}
