import { type InfiniteData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Copy, Ellipsis } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { t } from "@/app/i18n";
import { Button, IconButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Menu } from "@/ui/Menu";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import "./desk.css";

type Page<T> = { items: T[]; next: string | null };

/** usePages fetches a list page by page. fetch is given the cursor of the page, or nothing for the first. */
export function usePages<T>(key: readonly unknown[], fetch: (cursor: { cursor?: string }) => Promise<Page<T>>, every?: number) {
  const list = useInfiniteQuery<Page<T>, Error, InfiniteData<Page<T>, string>, readonly unknown[], string>({
    queryKey: key,
    queryFn: ({ pageParam }) => fetch(pageParam ? { cursor: pageParam } : {}),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    ...(every ? { refetchInterval: every } : {}),
  });
  return { ...list, items: list.data?.pages.flatMap((p) => p.items) ?? [] };
}

type Listing = { isPending: boolean; error: unknown; refetch: () => unknown; hasNextPage?: boolean; isFetchingNextPage?: boolean; fetchNextPage?: () => unknown };

export type Column<T> = { label: string; cell: (row: T) => ReactNode; num?: boolean; nowrap?: boolean };

type TableProps<T> = {
  label: string;
  list: Listing;
  rows: T[];
  columns: Column<T>[];
  id: (row: T) => number | string;
  /** What stands in place of the table while there are no rows. */
  empty: ReactNode;
  /** Controls at the end of a row. */
  end?: (row: T) => ReactNode;
  off?: (row: T) => boolean;
};

// On a phone rows are drawn as cards, which takes the roles of a table away from its elements: they are said anew.
const as = { table: { role: "table" }, part: { role: "rowgroup" }, row: { role: "row" }, head: { role: "columnheader" }, cell: { role: "cell" } };

/** A table, whose rows become cards on a phone. */
export function DeskTable<T>({ label, list, rows, columns, id, empty, end, off }: TableProps<T>) {
  if (list.isPending) return <Skeleton lines={5} height={20} />;
  if (list.error && rows.length === 0) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (rows.length === 0 && !list.hasNextPage) return <>{empty}</>;
  return (
    <>
      <table className="table desk-table" {...as.table} aria-label={label}>
        <thead {...as.part}>
          <tr {...as.row}>
            {columns.map((c) => (
              <th key={c.label} {...as.head} scope="col" className={c.num ? "num" : undefined}>
                {c.label}
              </th>
            ))}
            {end && (
              <th {...as.head} scope="col">
                <span className="vh">{t("app.actions")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody {...as.part}>
          {rows.map((row) => (
            <tr key={id(row)} {...as.row} data-off={off?.(row) || undefined}>
              {columns.map((c, i) => {
                const content = c.cell(row);
                const nothing = content === "" || content === null || content === undefined || content === false;
                return (
                  <td key={c.label} {...as.cell} className={c.num ? "num" : undefined} data-nowrap={c.nowrap || undefined} data-label={i > 0 ? c.label : undefined} data-empty={nothing || undefined}>
                    {content}
                  </td>
                );
              })}
              {end && (
                <td {...as.cell} className="desk-end">
                  <span className="cluster">{end(row)}</span>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {list.hasNextPage && (
        <p>
          <Button busy={list.isFetchingNextPage ?? false} onClick={() => void list.fetchNextPage?.()}>
            {t("app.more")}
          </Button>
        </p>
      )}
    </>
  );
}

/** The name of a row, with a line under it; a press opens it where onOpen is given. */
export function RowName({ name, under, onOpen }: { name: ReactNode; under?: ReactNode; onOpen?: (() => void) | undefined }) {
  return (
    <span className="desk-name">
      {onOpen ? (
        <button type="button" onClick={onOpen}>
          {name}
        </button>
      ) : (
        <span className="strong">{name}</span>
      )}
      {under && <span className="meta">{under}</span>}
    </span>
  );
}

/** The menu at the end of a row. */
export function RowMenu({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Menu label={name} trigger={<IconButton icon={Ellipsis} label={t("desk.actions_on", { name })} />}>
      {children}
    </Menu>
  );
}

type FormProps = {
  title: string;
  onClose: () => void;
  /** Sends it. The dialog closes when it succeeds, and keeps what was typed when it does not. */
  onSave: () => Promise<unknown>;
  /** The fields that show their own faults; others are told above the buttons. */
  fields: string[];
  action?: string;
  width?: number;
  children: (about: (field: string) => string) => ReactNode;
};

/** A dialog with a form. What the server does not accept stands at its field. */
export function FormDialog({ title, onClose, onSave, fields, action, width, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const save = useMutation({ mutationFn: onSave, onSuccess: onClose });
  const fault = save.error;
  // A fault of one value in a list or a map stands at the whole of it: "events[0]" at "events".
  const at = (location: string) => location.replace(/^body\./, "").split(/[.[]/)[0];
  const about = (field: string) => (fault instanceof ApiError ? (fault.faults.find((f) => at(f.location) === field)?.message ?? "") : "");
  const told = fields.some((f) => about(f));
  return (
    <Dialog
      open
      onClose={() => save.isPending || onClose()}
      title={title}
      {...(width ? { width } : {})}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="primary" busy={save.isPending} onClick={() => form.current?.requestSubmit()}>
            {action ?? t("app.save")}
          </Button>
        </>
      }
    >
      <form
        ref={form}
        className="desk-form"
        onSubmit={(e) => {
          e.preventDefault();
          if (!save.isPending) save.mutate();
        }}
      >
        {children(about)}
        {fault && !told && (
          <p className="banner" data-tone="danger" role="alert">
            {explain(fault)}
          </p>
        )}
        <button type="submit" hidden tabIndex={-1} aria-hidden="true" />
      </form>
    </Dialog>
  );
}

/** A secret that is shown once, with a button that copies it. */
export function SecretBox({ secret, label }: { secret: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(secret).then(
      () => setCopied(true),
      () => toast({ text: t("desk.copy_failed"), error: true }),
    );
  return (
    <div className="secret-box">
      <code aria-label={label}>{secret}</code>
      <Button size="sm" icon={Copy} onClick={() => void copy()}>
        {copied ? t("app.copied") : t("app.copy")}
      </Button>
      <span className="vh" role="status">
        {copied ? t("app.copied") : ""}
      </span>
    </div>
  );
}

/** useDo carries something out at once, fetches the lists anew and tells of a failure. */
export function useDo(key: readonly unknown[]) {
  const queries = useQueryClient();
  return async (work: () => Promise<unknown>, done?: string) => {
    try {
      await work();
      if (done) toast(done);
    } catch (error) {
      toast({ text: explain(error), error: true });
    }
    await queries.invalidateQueries({ queryKey: key });
  };
}
