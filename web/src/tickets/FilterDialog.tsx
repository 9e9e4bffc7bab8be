import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { ApiError } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Failed, Skeleton, explain } from "@/ui/states";
import { ListRows } from "./FilterRows";
import { countOf, filters, wanted } from "./api";
import { type List, type Path, blamed, leaves, mostLeaves, put, readText, unfilled, writeText, wrote } from "./condition";
import type { ListSearch } from "./search";

/** Narrows a list by conditions: what fits is counted while one builds, and the whole stands in the address. */
export function FilterDialog({ search, onClose, onApply, onSave }: { search: ListSearch; onClose: () => void; onApply: (filter: string) => void; onSave: () => void }) {
  const [list, setList] = useState<List>(() => readText(search.filter) ?? { kind: "all", items: [] });
  const known = useQuery(filters);
  const text = writeText(list);
  const late = useDeferredValue(text);
  const ready = !unfilled(list);
  const { filter: _, ...rest } = search;
  const count = useQuery({ ...countOf(wanted(late ? { ...rest, filter: late } : rest)), enabled: ready, retry: false });
  const fault = ready && count.error ? blamed(count.error instanceof ApiError ? (count.error.faults[0]?.message ?? count.error.message) : explain(count.error)) : { place: "", text: "" };
  const placed = (path: Path) => (fault.place && wrote(list, path) === fault.place ? fault.text : "");
  const apply = () => {
    if (!ready || count.error) return false;
    onApply(text);
    return true;
  };
  const reason = !ready ? t("tickets.filter.unfilled_any") : count.error ? t("tickets.filter.wrong") : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("tickets.filter.title")}
      subtitle={t("tickets.filter.lead")}
      width={760}
      foot={
        <>
          <span className="filter-count" role="status">
            {ready && count.data ? (count.data.more ? t("tickets.filter.count_more", { count: count.data.count }) : tn("tickets.filter.count", count.data.count)) : (reason ?? "")}
          </span>
          <span className="push" />
          <Button kind="quiet" onClick={() => setList({ kind: "all", items: [] })}>
            {t("tickets.filter.clear")}
          </Button>
          <Button reason={reason} onClick={() => apply() && onSave()}>
            {t("tickets.view.save_as")}
          </Button>
          <Button kind="primary" reason={reason} onClick={() => apply() && onClose()}>
            {t("tickets.filter.apply")}
          </Button>
        </>
      }
    >
      {known.error ? (
        <Failed error={known.error} retry={() => void known.refetch()} />
      ) : known.data ? (
        <>
          {fault.text && !fault.place && (
            <p className="banner" data-tone="danger" role="alert">
              {fault.text}
            </p>
          )}
          <ListRows list={list} path={[]} edit={{ fields: known.data, put: (path, change) => setList((old) => put(old, path, change)), fault: placed, full: leaves(list) >= mostLeaves }} />
        </>
      ) : (
        <Skeleton lines={3} height={32} />
      )}
    </Dialog>
  );
}
