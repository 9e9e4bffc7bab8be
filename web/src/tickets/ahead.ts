import { useCallback, useEffect, useRef } from "react";
import type { Row } from "@/api/queries";
import { loadTexts } from "@/app/i18n";
import { whenIdle } from "@/app/idle";

// What is fetched before it is asked for, so that a ticket opens at once.

const loadTicket = async () => (await Promise.all([import("../ticket/TicketPane"), loadTexts("ticket")]))[0];

/** How long the pointer or the focus rests on a row before its ticket is fetched. */
const rest = 80;

/**
 * useAhead fetches the screen of a ticket in a quiet moment after the list is there, and gives what to call with the row that
 * the pointer or the focus is on: if it rests there, the ticket is fetched.
 */
export function useAhead(rows: readonly Row[]): (number: number | undefined) => void {
  const some = rows.length > 0;
  useEffect(() => (some ? whenIdle(() => void loadTicket().catch(() => undefined)) : undefined), [some]);

  const now = useRef(rows);
  now.current = rows;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const last = useRef<number>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback((number) => {
    if (number === last.current) return;
    last.current = number;
    clearTimeout(timer.current);
    const row = now.current.find((r) => r.number === number);
    if (row) timer.current = setTimeout(() => void loadTicket().then((ticket) => ticket.fetchAhead(row), () => undefined), rest);
  }, []);
}
