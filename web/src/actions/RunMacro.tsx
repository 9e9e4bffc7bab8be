import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Check, CircleAlert, Globe, Lock, Minus, Search, Users, Zap } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Failures } from "@/tickets/BulkResult";
import { type Bulk, type BulkWork, previewBulk, startBulk, takeBack } from "@/tickets/bulk";
import { refreshLists } from "@/tickets/api";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Icon } from "@/ui/Icon";
import { Empty, Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { queries } from "@/api/queries";
import { type Macro, type Preview, runMacro, tryMacro, usable } from "./macros";
import type { Action } from "./model";
import { say, useNames } from "./names";
import "./actions.css";

type Props = {
  /** The ticket it runs on; or the tickets of bulk work. */
  number?: number;
  many?: { which: BulkWork; count: number };
  /** The macro that was chosen already, as from the palette. */
  first?: number | undefined;
  onClose: () => void;
  /** Bulk work has begun. */
  onBulk?: (bulk: Bulk) => void;
};

const marks = { private: Lock, group: Users, everyone: Globe } as const;

/** Macros to choose from, what one would do, and running it. Enter runs what is chosen. */
export function RunMacro({ number, many, first, onClose, onBulk }: Props) {
  const list = useQuery(usable);
  const manages = useMe().permissions.includes("tickets.reply");
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(first);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const words = text.trim().toLowerCase().split(/\s+/);
  const shown = (list.data ?? []).filter((m) => words.every((w) => m.name.toLowerCase().includes(w)));
  const macro = shown.find((m) => m.id === chosen) ?? shown[0];
  const preview = useQuery({
    queryKey: number ? ["ticket", number, "macro", macro?.id] : ["bulk", "preview", many?.which, macro?.id],
    queryFn: async ({ signal }) => (number ? { one: await tryMacro(number, macro?.id ?? 0, signal) } : { all: await previewBulk({ ...many?.which, macro_id: macro?.id ?? 0 }, signal) }),
    enabled: !!macro,
    retry: false,
    placeholderData: keepPreviousData,
  });
  const one = preview.isPlaceholderData ? undefined : preview.data && "one" in preview.data ? preview.data.one : undefined;
  const all = preview.isPlaceholderData ? undefined : preview.data && "all" in preview.data ? preview.data.all : undefined;
  const refused = one && !one.allowed ? one.message : all && all.allowed === 0 ? t("actions.macro.none_allowed") : "";
  const at = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void at.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [macro?.id]);

  const run = async () => {
    if (!macro || busy || refused) return;
    setBusy(true);
    setFault("");
    try {
      if (number) await runOne(number, macro);
      else if (many) onBulk?.(await startBulk({ ...many.which, macro_id: macro.id }));
      onClose();
    } catch (error) {
      setFault(explain(error));
      void preview.refetch();
    } finally {
      setBusy(false);
    }
  };
  const keys = (e: KeyboardEvent) => {
    const i = shown.findIndex((m) => m.id === macro?.id);
    if ((e.key === "ArrowDown" || e.key === "ArrowUp") && shown.length > 0) {
      e.preventDefault();
      setChosen(shown[(i + (e.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length]?.id);
    } else if (e.key === "Enter") {
      e.preventDefault();
      void run();
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("actions.macro.run")}
      subtitle={many ? tn("tickets.bulk.tickets", many.count) : number ? `#${number}` : undefined}
      width={560}
      initialFocus={input}
      foot={
        <>
          {refused && <p className="meta share-gain">{t("actions.macro.nothing")}</p>}
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="primary" icon={Zap} busy={busy} reason={macro ? refused || undefined : t("actions.macro.choose")} onClick={() => void run()}>
            {many ? tn("actions.macro.run_many", many.count) : t("actions.macro.run_now")}
          </Button>
        </>
      }
    >
      <div className="macro-find">
        <span className="input-icon">
          <Icon of={Search} />
          <input
            ref={input}
            className="input"
            role="combobox"
            aria-label={t("actions.macro.find")}
            placeholder={t("actions.macro.find")}
            aria-expanded={shown.length > 0}
            aria-controls={`${id}-list`}
            aria-activedescendant={macro ? `${id}-${macro.id}` : undefined}
            autoComplete="off"
            maxLength={100}
            value={text}
            onChange={(e) => {
              setText(e.target.value);
              setChosen(undefined);
            }}
            onKeyDown={keys}
          />
        </span>
        {list.isPending && <Skeleton lines={4} />}
        {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.data?.length === 0 && <Empty title={t("desk.macros.empty")}>{manages ? t("actions.macro.make") : undefined}</Empty>}
        {list.data && list.data.length > 0 && shown.length === 0 && <p className="meta">{t("desk.macros.not_found")}</p>}
        <div className="macro-list" role="listbox" id={`${id}-list`} aria-label={t("app.admin.macros")} ref={at} hidden={shown.length === 0}>
          {shown.map((m) => (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the input's
            <div key={m.id} id={`${id}-${m.id}`} role="option" tabIndex={-1} aria-selected={m.id === macro?.id} onClick={() => setChosen(m.id)} onDoubleClick={() => void run()}>
              <Icon of={marks[m.scope]} />
              <span className="clip">{m.name}</span>
              {m.group_name && <span className="meta clip push">{m.group_name}</span>}
            </div>
          ))}
        </div>
        {macro && (
          <section aria-label={t("actions.macro.preview")} aria-busy={preview.isFetching || undefined} className="macro-find">
            {macro.description && <p className="meta">{macro.description}</p>}
            {refused && (
              <p className="banner" data-tone="danger" role="alert">
                {refused}
              </p>
            )}
            <Steps macro={macro} tried={one} />
            {preview.error && <Failed error={preview.error} retry={() => void preview.refetch()} />}
            {all && (
              <>
                <p role="status">
                  <strong>{t("actions.macro.will", { allowed: all.allowed, count: all.count })}</strong> {all.more && t("sharing.many.more")}
                </p>
                <Failures list={all.refused} label={tn("tickets.bulk.refused", all.refused.length)} />
              </>
            )}
          </section>
        )}
        {fault && (
          <p className="banner" data-tone="danger" role="alert">
            {fault}
          </p>
        )}
      </div>
    </Dialog>
  );
}

/** What a macro does, step by step, and what would be refused. */
function Steps({ macro, tried }: { macro: Macro; tried: Preview | undefined }) {
  const actions = macro.actions as Action[];
  const names = useNames(actions);
  return (
    <ul className="macro-steps">
      {actions.map((a, i) => {
        const step = tried?.steps[i];
        return (
          // oxlint-disable-next-line react/no-array-index-key -- an action is its place
          <li key={i} data-outcome={step?.outcome}>
            {step?.outcome === "refused" ? (
              <Icon of={CircleAlert} data-tone="danger" />
            ) : (
              <Icon of={step?.outcome === "same" ? Minus : Check} data-tone={step?.outcome === "done" ? "ok" : undefined} />
            )}
            <span>
              {say(a, names)}
              {step?.outcome === "same" && <span className="meta"> {t("actions.macro.same")}</span>}
            </span>
            {step?.outcome === "refused" && (
              <p className="error" data-tone="danger">
                {step.message}
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** runOne runs a macro on a ticket, and says so with Undo where it can be taken back. */
async function runOne(number: number, macro: Macro) {
  const done = await runMacro(number, macro.id);
  const settle = () => {
    void queries.invalidateQueries({ queryKey: ["ticket", number] });
    void refreshLists();
  };
  settle();
  const bulk = done.bulk;
  toast({
    text: done.shared > 0 ? tn("actions.macro.shared", done.shared, { name: macro.name }) : t("actions.macro.ran", { name: macro.name }),
    ...(bulk ? { undo: () => takeBack(bulk).then(settle) } : {}),
  });
}
