import { useNavigate } from "@tanstack/react-router";
import { ArrowDownUp, ArrowUp, Ellipsis, ListFilter, Search, X } from "lucide-react";
import { Suspense, useEffect, useRef, useState } from "react";
import type { Schema } from "@/api/client";
import type { View } from "@/api/queries";
import { number, t, tn } from "@/app/i18n";
import { late } from "@/app/late";
import { useActions } from "@/app/shortcuts";
import { IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { useLate } from "@/ui/states";
import { type Wanted, stateOf } from "./api";
import type { ListSearch } from "./search";

const FilterDialog = late(() => import("./FilterDialog"), "FilterDialog");
const ViewDialog = late(() => import("./ViewDialog"), "ViewDialog");
const ViewsDialog = late(() => import("./ViewsDialog"), "ViewsDialog");
const DeleteView = late(() => import("./ViewDialog"), "DeleteView");

const SortMenu = late(() => import("./HeadMenus"), "SortMenu");
const MoreMenu = late(() => import("./HeadMenus"), "MoreMenu");

export type HeadDialog = "" | "filter" | "save" | "edit" | "copy" | "views" | "delete";
/** What the menus of the head work with. They are fetched when the first rows are there. */
export type MenuProps = { search: ListSearch; list: Wanted; view: View | undefined; count: Schema<"Count"> | undefined; set: (change: Partial<ListSearch>) => void; open: (dialog: HeadDialog) => void };

type HeadProps = {
  search: ListSearch;
  list: Wanted;
  view: View | undefined;
  name: string;
  count: Schema<"Count"> | undefined;
  /** A ticket stands beside the list, and has the heading of the page. */
  beside: boolean;
  come: number;
  onNew: () => void;
  /** The rows are there: now the menus may be fetched. */
  shown: boolean;
};

/** What the list is, how many it has, and what can be done with all of it. */
export function Head({ search, list, view, name, count, beside, come, onNew, shown }: HeadProps) {
  const go = useNavigate();
  const [dialog, setDialog] = useState<HeadDialog>("");
  const [searching, setSearching] = useState(!!search.q);
  const set = (change: Partial<ListSearch>) => void go({ to: ".", search: (old: ListSearch) => ({ ...old, ...change }) });
  useEffect(() => setSearching(!!search.q), [search.view, search.q]);
  useActions([{ id: "list-filter", label: "tickets.action.filter", keys: "f", group: "list", run: () => setDialog("filter") }]);
  const settled = useLate(600);
  const menus = settled && shown && !!count;
  const menuProps: MenuProps = { search, list, view, count, set, open: setDialog };
  const state = stateOf(search);
  const fixed = !!view && !view.system && !!view.state;
  const Heading = beside ? "h2" : "h1";
  const close = () => setDialog("");
  return (
    <>
      <div className="bar list-bar">
        <Heading className="clip" tabIndex={-1} data-heading={beside ? undefined : true}>
          {name}
        </Heading>
        {count && (
          <span className="meta num" data-count>
            {number(count.count)}
            {count.more && "+"}
          </span>
        )}
        <span className="push" />
        <IconButton icon={Search} label={t("tickets.search")} aria-expanded={searching} onClick={() => (searching && search.q ? set({ q: undefined }) : setSearching(!searching))} />
        {menus ? <Suspense fallback={<IconButton icon={ArrowDownUp} label={t("tickets.sort")} disabled />}><SortMenu {...menuProps} /></Suspense> : <IconButton icon={ArrowDownUp} label={t("tickets.sort")} disabled />}
        <IconButton icon={ListFilter} label={t("tickets.filter.title")} keys="f" aria-pressed={!!search.filter} onClick={() => setDialog("filter")} />
        {menus ? <Suspense fallback={<IconButton icon={Ellipsis} label={t("tickets.list.more")} disabled />}><MoreMenu {...menuProps} /></Suspense> : <IconButton icon={Ellipsis} label={t("tickets.list.more")} disabled />}
      </div>
      {searching && <SearchBar key={search.q ?? ""} words={search.q ?? ""} onSearch={(q) => set({ q: q || undefined })} onClose={() => (search.q ? set({ q: undefined }) : setSearching(false))} />}
      <div className="bar bar-filters">
        {!fixed && (
          <div className="tabs" role="group" aria-label={t("tickets.state")}>
            {(["open", "done", "any"] as const).map((s) => (
              <button key={s} type="button" className="tab" aria-pressed={state === s} onClick={() => set({ state: s })}>
                {t(`tickets.state.${s}`)}
              </button>
            ))}
          </div>
        )}
        {search.filter && (
          <span className="chip chip-word">
            <button type="button" className="chip-text" onClick={() => setDialog("filter")}>
              {t("tickets.filter.on")}
            </button>
            <button type="button" aria-label={t("tickets.filter.clear")} onClick={() => set({ filter: undefined })}>
              <Icon of={X} small />
            </button>
          </span>
        )}
        <span role="status" className="new-status">
          {come > 0 && (
            <button type="button" className="new-pill" onClick={onNew}>
              <Icon of={ArrowUp} small />
              {tn("tickets.come", come)}
            </button>
          )}
        </span>
      </div>
      <Suspense>
        {dialog === "filter" && <FilterDialog search={search} onClose={close} onApply={(filter) => set({ filter: filter || undefined })} onSave={() => setDialog("save")} />}
        {(dialog === "save" || dialog === "edit" || dialog === "copy") && <ViewDialog key={dialog} mode={dialog} view={view} search={search} onClose={close} />}
        {dialog === "views" && <ViewsDialog onClose={close} />}
        {dialog === "delete" && view && <DeleteView view={view} onClose={close} />}
      </Suspense>
    </>
  );
}

function SearchBar({ words, onSearch, onClose }: { words: string; onSearch: (q: string) => void; onClose: () => void }) {
  const [text, setText] = useState(words);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!words) input.current?.focus();
  }, [words]);
  return (
    <search>
      <form
        className="bar list-search"
        onSubmit={(e) => {
          e.preventDefault();
          onSearch(text.trim());
        }}
      >
        <span className="input-icon">
          <Icon of={Search} />
          <input
            ref={input}
            className="input"
            type="search"
            enterKeyHint="search"
            aria-label={t("tickets.search")}
            placeholder={t("tickets.search.hint")}
            value={text}
            onChange={(e) => setText(e.target.value)}
            onKeyDown={(e) => e.key === "Escape" && (e.stopPropagation(), onClose())}
          />
        </span>
        <IconButton icon={X} label={t("tickets.search.close")} onClick={onClose} />
      </form>
    </search>
  );
}
