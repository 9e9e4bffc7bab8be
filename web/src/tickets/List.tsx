import { useNavigate, useRouter } from "@tanstack/react-router";
import { Suspense, useCallback, useEffect, useMemo, useState } from "react";
import type { Row as Listed } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { late } from "@/app/late";
import { remembered } from "@/app/preferences";
import { useActions } from "@/app/shortcuts";
import { Skeleton } from "@/ui/states";
import { Row } from "./Row";
import { useAhead } from "./ahead";
import { wanted } from "./api";
import { useInSight } from "./inSight";
import type { ListSearch } from "./search";
import type { Selection } from "./selection";

const LeaveDialog = late(() => import("./LeaveDialog"), "LeaveDialog");

export const sharedWay = (view: string | undefined) =>
  view === "shared-with-me" ? "in" : view === "shared-with-my-groups" ? "group" : view === "shared-by-me" ? "out" : undefined;

type ListProps = {
  rows: readonly Listed[];
  /** How many tickets the list has, as far as it is counted; at least those that are here. */
  total: number;
  search: ListSearch;
  listKey: string;
  /** The ticket that stands open beside the list. */
  open: number | undefined;
  selection: Selection;
  more: boolean;
  loadMore: () => void;
};

/** The rows, of which only those in sight are drawn. J and K go through them, X selects, Enter opens. */
export function List({ rows, total, search, listKey, open, selection, more, loadMore }: ListProps) {
  const go = useNavigate();
  const height = remembered().density === "compact" ? 56 : 84;
  const [at, setAt] = useState<number>();
  const [leaving, setLeaving] = useState<Listed>();
  const numbers = useMemo(() => rows.map((r) => r.number), [rows]);
  const index = Math.max(0, numbers.indexOf(at ?? open ?? -1));
  useEffect(() => {
    if (open) setAt(open);
  }, [open]);

  const { box, first, end, show } = useInSight(listKey, rows.length, height);
  const drawn = Array.from({ length: end - first }, (_, i) => first + i);
  // The row with the focus stays drawn, wherever the list is scrolled to.
  if (index < first && index < rows.length) drawn.unshift(index);
  else if (index >= end && index < rows.length) drawn.push(index);

  useEffect(() => {
    if (more && end >= rows.length - 20) loadMore();
  }, [more, end, rows.length, loadMore]);

  const focus = (number: number) => box.current?.querySelector<HTMLElement>(`[data-number="${number}"] .row-main`)?.focus({ preventScroll: true });

  const move = (by: number) => {
    const to = at === undefined && open === undefined ? 0 : Math.min(Math.max(index + by, 0), rows.length - 1);
    const row = rows[to];
    if (!row) return;
    setAt(row.number);
    show(to);
    if (open && open !== row.number) void go({ to: "/tickets/$number", params: { number: row.number }, search: { ...search, share: undefined }, replace: true });
    requestAnimationFrame(() => requestAnimationFrame(() => !open && focus(row.number)));
  };
  const cursor = rows[index];
  useActions([
    { id: "list-next", label: "tickets.action.next", keys: "j", group: "list", keyOnly: true, run: () => move(1) },
    { id: "list-previous", label: "tickets.action.previous", keys: "k", group: "list", keyOnly: true, run: () => move(-1) },
    { id: "list-open", label: "tickets.action.open", keys: "o", group: "list", keyOnly: true, run: () => cursor && void go({ to: "/tickets/$number", params: { number: cursor.number }, search: { ...search, share: undefined } }) },
    { id: "list-select", label: "tickets.action.select", keys: "x", group: "list", keyOnly: true, run: () => cursor && selection.toggle(cursor.number, false) },
    { id: "list-select-range", label: "tickets.action.select_range", keys: "shift+x", group: "list", keyOnly: true, run: () => cursor && selection.toggle(cursor.number, true) },
  ]);

  const { toggle } = selection;
  const router = useRouter();
  const address = useMemo(() => router.buildLocation({ to: "/tickets", search }).searchStr, [router, search]);
  const onOpen = useCallback((number: number) => void go({ to: "/tickets/$number", params: { number }, search }), [go, search]);
  const near = useAhead(rows);
  const onFocus = useCallback(
    (number: number) => {
      setAt(number);
      near(number);
    },
    [near],
  );
  return (
    <div className="pane-scroll list-scroll" ref={box} onKeyDown={(e) => arrows(e, move)} onPointerOver={(e) => e.pointerType === "mouse" && near(numberAt(e.target))} role="presentation">
      <ul className="rows virtual-rows" style={{ blockSize: rows.length * height }} data-compact={height === 56 || undefined} aria-label={t("tickets.list")}>
        {drawn.map((i) => {
          const row = rows[i];
          if (!row) return null;
          return (
            <Row
              key={row.number}
              row={row}
              address={address}
              place={i + 1}
              total={Math.max(total, rows.length)}
              height={height}
              top={i * height}
              current={open === row.number}
              cursor={i === index}
              selected={selection.has(row.number)}
              shared={sharedWay(search.view)}
              onSelect={toggle}
              onFocus={onFocus}
              onLeave={setLeaving}
              onOpen={onOpen}
            />
          );
        })}
      </ul>
      {more && <Skeleton lines={2} />}
      <p className="vh" role="status">
        {tn("tickets.shown", rows.length)}
      </p>
      {leaving && (
        <Suspense>
          <LeaveDialog row={leaving} list={wanted(search)} onClose={() => setLeaving(undefined)} />
        </Suspense>
      )}
    </div>
  );
}

const numberAt = (target: EventTarget) => Number((target as Element).closest<HTMLElement>("[data-number]")?.dataset["number"]) || undefined;

function arrows(e: React.KeyboardEvent, move: (by: number) => void) {
  if (!(e.target instanceof HTMLElement) || !e.target.matches(".row-main, .row .check") || e.altKey || e.ctrlKey || e.metaKey) return;
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1_000_000, End: 1_000_000 }[e.key];
  if (by === undefined) return;
  e.preventDefault();
  move(by);
}
