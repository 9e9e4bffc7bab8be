import { useMutation } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { once } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Button } from "@/ui/Button";
import { Confirm, Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/Field";
import { Fault } from "@/ui/FormDialog";
import { Icon } from "@/ui/Icon";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import "./admin.css";

// The parts that the pages of the administration share.

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
