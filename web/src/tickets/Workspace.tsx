import "./tickets.css";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, Outlet, useMatches, useNavigate, useSearch } from "@tanstack/react-router";
import { CirclePlus, FilterX } from "lucide-react";
import { Suspense, useCallback, useEffect, useMemo } from "react";
import { views } from "@/api/queries";
import { t } from "@/app/i18n";
import { late } from "@/app/late";
import { useActions } from "@/app/shortcuts";
import { viewName } from "@/app/Side";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { useTitle } from "@/ui/Page";
import { Head } from "./Head";
import { List } from "./List";
import { countOf, listOf, stateOf, wanted } from "./api";
import { useFresh } from "./fresh";
import type { ListSearch } from "./search";
import { useSelection } from "./selection";

const BulkBar = late(() => import("./BulkBar"), "BulkBar");

/** The list at the left and one ticket beside it; on a phone one of the two. */
export function Workspace() {
  const search = useSearch({ strict: false }) as ListSearch;
  const open = useMatches({ select: (all) => all.find((m) => m.routeId === "/tickets/$number")?.params as { number: number } | undefined })?.number;
  const writing = useMatches({ select: (all) => all.some((m) => m.routeId === "/tickets/new") });
  const beside = open !== undefined || writing;
  return (
    <div className="workspace" data-open={beside || undefined}>
      <ListPane search={search} open={open} beside={beside} />
      <Outlet />
    </div>
  );
}

function ListPane({ search, open, beside }: { search: ListSearch; open: number | undefined; beside: boolean }) {
  const go = useNavigate();
  // The share dialog and the details of the ticket are no part of the list.
  const kept = useMemo(() => {
    const { share: _s, details: _d, ...rest } = search;
    return rest;
  }, [search]);
  const listKey = JSON.stringify(wanted(kept));
  const list = useMemo(() => JSON.parse(listKey) as ReturnType<typeof wanted>, [listKey]);
  const view = useQuery(views).data?.items.find((v) => v.key === (kept.view ?? "all"));
  const found = useInfiniteQuery(listOf(list));
  const count = useQuery(countOf(list)).data;
  const rows = useMemo(() => found.data?.pages.flatMap((p) => p.items) ?? [], [found.data]);
  const order = useMemo(() => rows.map((r) => r.number), [rows]);
  const selection = useSelection(listKey, order);
  const fresh = useFresh(list);
  const name = kept.q ? t("tickets.found", { words: kept.q }) : view ? viewName(view) : t("app.nav.inbox");
  const { fetchNextPage, isFetchingNextPage, hasNextPage } = found;
  const loadMore = useCallback(() => void (!isFetchingNextPage && fetchNextPage()), [fetchNextPage, isFetchingNextPage]);

  // A page can be empty although there are more: the server looks at so many tickets at a time.
  useEffect(() => {
    if (rows.length < 12 && hasNextPage) loadMore();
  }, [rows.length, hasNextPage, loadMore]);

  const selected = selection.whole || selection.numbers.length > 0;
  useActions([
    { id: "list-clear", label: "tickets.action.back", keys: "escape", group: "list", keyOnly: true, run: () => (selected ? selection.clear() : beside && void go({ to: "/tickets", search: kept })) },
    { id: "list-back", label: "tickets.action.back", keys: "u", group: "list", keyOnly: true, run: () => beside && void go({ to: "/tickets", search: kept }) },
    { id: "list-all", label: "tickets.action.select_all", keys: "mod+a", group: "list", keyOnly: true, run: () => selection.take(order) },
  ]);

  return (
    <div className="pane list" id={beside ? "list" : "main"} role={beside ? "region" : "main"} aria-label={name}>
      {!beside && <ListTitle name={name} />}
      <Head search={kept} list={list} view={view} name={name} count={count} beside={beside} come={fresh.come} onNew={() => void fresh.show()} shown={!found.isPending} />
      {selected && (
        <Suspense>
          <BulkBar selection={selection} rows={rows} list={kept} count={count} />
        </Suspense>
      )}
      {found.error && rows.length === 0 ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : found.isPending ? (
        <Skeleton lines={9} rows />
      ) : rows.length === 0 && !hasNextPage ? (
        <Nothing search={kept} />
      ) : (
        <List rows={rows} total={count?.count ?? rows.length} search={kept} listKey={listKey} open={open} selection={selection} more={hasNextPage} loadMore={loadMore} />
      )}
    </div>
  );
}

function ListTitle({ name }: { name: string }) {
  useTitle(name);
  return null;
}

/** Why a list is empty, and what to do. */
function Nothing({ search }: { search: ListSearch }) {
  const go = useNavigate();
  if (search.filter || search.q)
    return (
      <Empty
        drawing="search"
        title={t("tickets.empty.found")}
        action={
          <Button icon={FilterX} onClick={() => void go({ to: "/tickets", search: search.view ? { view: search.view } : {} })}>
            {t("tickets.filter.clear")}
          </Button>
        }
      >
        {t("tickets.empty.found_text")}
      </Empty>
    );
  if (search.view?.startsWith("shared-")) {
    const key = search.view === "shared-with-me" ? "me" : search.view === "shared-by-me" ? "by_me" : "groups";
    return (
      <Empty drawing="share" title={t(`tickets.empty.shared_${key}`)}>
        {t(`tickets.empty.shared_${key}_text`)}
      </Empty>
    );
  }
  return (
    <Empty
      drawing="done"
      title={t("tickets.empty.inbox")}
      action={
        stateOf(search) === "open" ? (
          <Link to="/tickets/new" className="btn">
            <Icon of={CirclePlus} />
            {t("app.action.new_ticket")}
          </Link>
        ) : undefined
      }
    >
      {t("tickets.empty.inbox_text")}
    </Empty>
  );
}
