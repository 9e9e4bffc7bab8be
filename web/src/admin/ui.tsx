import { type InfiniteData, useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { Copy, Search } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { ApiError, once } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Button } from "@/ui/Button";
import { Confirm, Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { Page } from "@/ui/Page";
import { Empty, Failed, Skeleton, explain } from "@/ui/states";
import "./admin.css";

// The parts that the pages of the administration share.

type PageOf<T> = { items: T[] | null; next: string | null };

/** usePages fetches a list page by page. fetch is given the cursor of the page, "" for the first. */
export function usePages<T>(key: readonly unknown[], fetch: (cursor: string) => Promise<PageOf<T>>) {
  const list = useInfiniteQuery<PageOf<T>, Error, InfiniteData<PageOf<T>, string>, readonly unknown[], string>({
    queryKey: key,
    queryFn: ({ pageParam }) => fetch(pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  });
  return { ...list, rows: list.data?.pages.flatMap((p) => p.items ?? []) ?? [] };
}

/** useTyped gives a text a moment after the last key, so that a search does not run for each. */
export function useTyped(text: string, ms = 250): string {
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setTyped(text), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return typed;
}

/** useOnce gives the header that makes a POST safe to send again: the same key while the body is the same. */
export function useOnce() {
  const last = useRef({ text: "", key: "" });
  return (body: unknown) => {
    const text = JSON.stringify(body);
    if (text !== last.current.text) last.current = { text, key: crypto.randomUUID() };
    return once(last.current.key);
  };
}

/** A page for those with one of the permissions; others are told so in place of it. */
export function Guarded({ permissions, title, children }: { permissions: string[]; title: string; children: ReactNode }) {
  const held = useMe().permissions;
  if (permissions.some((p) => held.includes(p))) return children;
  return (
    <Page title={title}>
      <Empty title={t("admin.no_right")}>{t("admin.no_right_text")}</Empty>
    </Page>
  );
}

/** A search box above a list. */
export function SearchBox({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <span className="input-icon adm-search">
      <Icon of={Search} />
      <input type="search" className="input" aria-label={label} placeholder={label} value={value} maxLength={200} onChange={(e) => onChange(e.target.value)} />
    </span>
  );
}

type Listing = { isPending: boolean; error: unknown; refetch: () => unknown; hasNextPage?: boolean; isFetchingNextPage?: boolean; fetchNextPage?: () => unknown; isPlaceholderData?: boolean };

export type Column<T> = { label: string; cell: (row: T) => ReactNode; num?: boolean };

type TableProps<T> = {
  label: string;
  list: Listing;
  rows: T[];
  columns: Column<T>[];
  id: (row: T) => number | string;
  /** What stands in place of the table while there are no rows. */
  empty: ReactNode;
  off?: (row: T) => boolean;
};

/** A table whose rows become cards on a phone. The roles are written down because display: grid takes them away. */
export function Table<T>({ label, list, rows, columns, id, empty, off }: TableProps<T>) {
  if (list.isPending) return <Skeleton lines={6} height={20} />;
  if (list.error && rows.length === 0) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (rows.length === 0 && !list.hasNextPage) return <>{empty}</>;
  return (
    <div className="adm-list" aria-busy={list.isPlaceholderData || undefined}>
      {/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role */}
      <table className="table adm-table" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((c) => (
              <th key={c.label} role="columnheader" scope="col" className={c.num ? "num" : undefined}>
                {c.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={id(row)} role="row" data-off={off?.(row) || undefined}>
              {columns.map((c, i) => {
                const content = c.cell(row);
                return (
                  <td key={c.label} role="cell" className={c.num ? "num" : undefined} data-label={i > 0 ? c.label : undefined} data-empty={!content || undefined}>
                    {content}
                  </td>
                );
              })}
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
    </div>
  );
}

/** faultOf gives what the server said about a field, also about a part of it such as "others[1]". */
export function faultOf(error: unknown, field: string): string {
  if (!(error instanceof ApiError)) return "";
  const own = (location: string) => location === field || location.startsWith(`${field}[`) || location.startsWith(`${field}.`);
  return error.faults.find((f) => own(f.location.replace(/^body\./, "")))?.message ?? "";
}

/** What a failure says beyond the fields that show their own faults. */
export function Fault({ error, fields = [] }: { error: unknown; fields?: string[] }) {
  if (!error || fields.some((f) => faultOf(error, f))) return null;
  return (
    <p className="banner" data-tone="danger" role="alert">
      {explain(error)}
    </p>
  );
}

type FormProps = {
  title: string;
  subtitle?: ReactNode;
  onClose: () => void;
  /** Sends it. What it gives goes to onDone; the dialog keeps what was typed when it fails. */
  onSave: () => Promise<unknown>;
  fields: string[];
  action: string;
  children: (about: (field: string) => string) => ReactNode;
};

/** A dialog with a form. What the server does not accept stands at its field. */
export function FormDialog({ title, subtitle, onClose, onSave, fields, action, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const save = useMutation({ mutationFn: onSave, onSuccess: onClose });
  return (
    <Dialog
      open
      onClose={() => save.isPending || onClose()}
      title={title}
      subtitle={subtitle}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="primary" busy={save.isPending} onClick={() => form.current?.requestSubmit()}>
            {action}
          </Button>
        </>
      }
    >
      <form
        ref={form}
        className="adm-form"
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          if (!save.isPending) save.mutate();
        }}
      >
        {children((field) => faultOf(save.error, field))}
        <Fault error={save.error} fields={fields} />
        <button type="submit" hidden tabIndex={-1} aria-hidden="true" />
      </form>
    </Dialog>
  );
}

type UnsavedProps = { count: number; busy: boolean; onSave: () => void; onDiscard: () => void; error?: unknown; fields?: string[]; what?: string };

/** The strip that stands while something is not saved, and asks before the page is left. */
export function Unsaved({ count, busy, onSave, onDiscard, error, fields, what }: UnsavedProps) {
  const blocker = useBlocker({ shouldBlockFn: ({ current, next }) => count > 0 && current.pathname !== next.pathname, enableBeforeUnload: () => count > 0, withResolver: true });
  return (
    <>
      {count > 0 && (
        <div className="adm-unsaved">
          <Fault error={error} fields={fields ?? []} />
          <div className="adm-unsaved-line" role="status">
            <span className="dot" />
            <span>
              <b>{t("admin.unsaved")}</b> <span className="meta">{what ? `${what}, ${tn("admin.changes", count)}` : tn("admin.changes", count)}</span>
            </span>
            <span className="push" />
            <Button onClick={onDiscard}>{t("admin.discard")}</Button>
            <Button kind="primary" busy={busy} onClick={onSave}>
              {t("app.save")}
            </Button>
          </div>
        </div>
      )}
      <Confirm
        open={blocker.status === "blocked"}
        onClose={() => blocker.reset?.()}
        onConfirm={() => Promise.resolve(blocker.proceed?.())}
        title={t("admin.leave")}
        action={t("admin.leave_discard")}
      >
        <p>{t("admin.leave_text")}</p>
      </Confirm>
    </>
  );
}

/** Asks before what is for good: the button works once the word has been typed. */
export function TypedConfirm(props: { title: string; word: string; action: string; children: ReactNode; onClose: () => void; onConfirm: () => Promise<unknown> }) {
  const [typed, setTyped] = useState("");
  const go = useMutation({ mutationFn: props.onConfirm, onSuccess: props.onClose });
  const fits = typed.trim().toLowerCase() === props.word.trim().toLowerCase();
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={props.title}
      width={480}
      foot={
        <>
          <span className="push" />
          <Button onClick={props.onClose}>{t("app.cancel")}</Button>
          <Button kind="danger" busy={go.isPending} reason={fits ? undefined : t("admin.type_first", { word: props.word })} onClick={() => go.mutate()}>
            {props.action}
          </Button>
        </>
      }
    >
      <div className="prose">{props.children}</div>
      <TextField label={t("admin.type_to_confirm", { word: props.word })} value={typed} onChange={(e) => setTyped(e.target.value)} spellCheck={false} />
      <Fault error={go.error} />
    </Dialog>
  );
}

/** A text that is shown once, with a button that copies it. */
export function CopyBox({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="adm-copy">
      <input className="input mono" readOnly value={text} aria-label={label} onFocus={(e) => e.target.select()} />
      <Button
        icon={Copy}
        onClick={() =>
          void navigator.clipboard.writeText(text).then(
            () => setCopied(true),
            () => undefined,
          )
        }
      >
        {copied ? t("app.copied") : t("app.copy")}
      </Button>
      <span className="vh" role="status">
        {copied && t("app.copied")}
      </span>
    </div>
  );
}

type PickProps = { legend: string; hint?: ReactNode; error?: string; options: { id: number; name: string; hint?: string; off?: boolean }[]; chosen: number[]; onChange: (chosen: number[]) => void; disabled?: boolean; none?: string };

/** Boxes to tick, with a search where there are many. */
export function PickList({ legend, hint, error, options, chosen, onChange, disabled = false, none }: PickProps) {
  const [text, setText] = useState("");
  const shown = options.filter((o) => o.name.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <fieldset className="adm-pick">
      <legend>{legend}</legend>
      {hint && <p className="meta">{hint}</p>}
      {options.length > 9 && <SearchBox label={t("admin.find_in", { list: legend })} value={text} onChange={setText} />}
      <div className="adm-pick-list">
        {shown.map((o) => (
          <label key={o.id} className="option">
            <input
              type="checkbox"
              className="check"
              checked={chosen.includes(o.id)}
              disabled={disabled || !!o.off}
              onChange={(e) => onChange(e.target.checked ? [...chosen, o.id] : chosen.filter((id) => id !== o.id))}
            />
            <span>
              {o.name}
              {o.hint && <small className="option-hint">{o.hint}</small>}
            </span>
          </label>
        ))}
        {shown.length === 0 && <p className="meta">{none ?? t("admin.nothing_found")}</p>}
      </div>
      {error && (
        <p className="adm-error" data-tone="danger" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
