import { useQuery } from "@tanstack/react-query";
import { ArchiveRestore, CircleDot, Ellipsis, Flag, ListChecks, MessageSquare, Share2, ShieldAlert, ShieldCheck, Tag, Trash2, UserMinus, UserRound, X, Zap } from "lucide-react";
import { Suspense, useRef, useState } from "react";
import type { Schema } from "@/api/client";
import type { Row } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { late } from "@/app/late";
import { useMay, useMe } from "@/app/session";
import { useActions } from "@/app/shortcuts";
import { Button, IconButton } from "@/ui/Button";
import { Confirm, Dialog } from "@/ui/Dialog";
import { WordsField } from "@/ui/Field";
import { Menu, MenuItem, MenuLine } from "@/ui/Menu";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { BulkDialog, did } from "./BulkResult";
import { Pick } from "./Pick";
import { StatusMark, statusName } from "./Status";
import { filters, refreshLists, wanted } from "./api";
import { type Bulk, type BulkWork, startBulk, takeBack, under } from "./bulk";
import type { ListSearch } from "./search";
import type { Selection } from "./selection";

const ShareDialog = late(() => import("@/sharing/ShareDialog"), "ShareDialog");
const RunMacro = late(() => import("@/actions/RunMacro"), "RunMacro", "actions", "desk");
const BulkMessage = late(() => import("@/actions/BulkMore"), "BulkMessage", "actions");
const BulkFields = late(() => import("@/actions/BulkMore"), "BulkFields", "actions");

const statuses = ["new", "open", "pending", "on_hold", "solved", "closed"] as const;
const priorities = ["urgent", "high", "normal", "low"] as const;

type BarProps = { selection: Selection; rows: readonly Row[]; list: ListSearch; count: Schema<"Count"> | undefined };

/** What can be done with the tickets that are selected. It stands in the place of the list's head, on a phone at the bottom. */
export function BulkBar({ selection, rows, list, count }: BarProps) {
  const me = useMe();
  const settings = me.settings as Record<string, unknown>;
  const share = useMay("tickets.share") && settings["sharing.enabled"] !== false;
  const edit = useMay("tickets.edit");
  const assign = useMay("tickets.assign");
  const remove = useMay("tickets.delete");
  const spam = useMay("tickets.spam");
  const reply = useMay("tickets.reply");
  const note = useMay("tickets.note");
  const [dialog, setDialog] = useState<"" | "share" | "unshare" | "assign" | "tags" | "macro" | "message" | "fields" | "delete">("");
  const [result, setResult] = useState<Bulk>();
  const [busy, setBusy] = useState(false);
  const key = useRef(crypto.randomUUID());
  const all = count && count.count > rows.length ? count.count : rows.length;
  const chosen = selection.whole ? (count?.count ?? rows.length) : selection.numbers.length;
  const everything = !selection.whole && (count?.more || all > chosen);
  const { sort: _, filter, ...where } = wanted(list);
  const what: BulkWork = selection.whole
    ? { list: { ...where, ...(filter ? { filter: JSON.parse(filter) as Record<string, unknown> } : {}) } }
    : { tickets: [...selection.numbers] };

  const show = (bulk: Bulk) => {
    setDialog("");
    if (under(bulk) || bulk.failed > 0) setResult(bulk);
    else {
      toast({ text: tn(did[bulk.action], bulk.done), ...(bulk.undo_until ? { undo: () => takeBack(bulk.id).then(refreshLists) } : {}) });
      selection.clear();
    }
    void refreshLists();
  };
  const change = (values: Schema<"BulkChange">) => begin({ change: values });
  const begin = async (work: Omit<BulkWork, "tickets" | "list">) => {
    if (busy) return;
    setBusy(true);
    try {
      const bulk = await startBulk({ ...what, ...work }, key.current);
      key.current = crypto.randomUUID();
      show(bulk);
    } catch (error) {
      key.current = crypto.randomUUID();
      toast({ text: explain(error), error: true });
    } finally {
      setBusy(false);
    }
  };
  useActions([
    ...(share ? [{ id: "bulk-share", label: "tickets.bulk.share" as const, keys: "s", group: "list" as const, run: () => setDialog("share") }] : []),
    ...(assign ? [{ id: "bulk-assign", label: "tickets.bulk.assign" as const, keys: "a", group: "list" as const, run: () => setDialog("assign") }] : []),
    ...(edit ? [{ id: "bulk-tags", label: "tickets.bulk.tags" as const, keys: "t", group: "list" as const, run: () => setDialog("tags") }] : []),
    { id: "bulk-macro", label: "tickets.bulk.macro" as const, keys: "shift+m", group: "list" as const, run: () => setDialog("macro") },
  ]);
  const inTrash = list.view === "deleted";
  const inSpam = list.view === "spam";
  return (
    <div className="bulk-bar" role="toolbar" aria-label={t("tickets.bulk")}>
      <div className="bulk-line">
        <span role="status" className="strong num">
          {tn("tickets.bulk.selected", chosen)}
          {selection.whole && count?.more && "+"}
        </span>
        {everything && (
          <Button size="sm" kind="quiet" onClick={selection.takeWhole}>
            {count?.more ? t("tickets.bulk.all_more") : t("tickets.bulk.all", { count: all })}
          </Button>
        )}
        <IconButton icon={X} label={t("tickets.bulk.clear")} keys="escape" className="push" onClick={selection.clear} />
      </div>
      <div className="bulk-line bulk-acts">
        {share && (
          <>
            <Button size="sm" kind="primary" icon={Share2} onClick={() => setDialog("share")}>
              {t("tickets.bulk.share")}
            </Button>
            <IconButton icon={UserMinus} label={t("tickets.bulk.unshare")} onClick={() => setDialog("unshare")} />
          </>
        )}
        {assign && <IconButton icon={UserRound} label={t("tickets.bulk.assign")} keys="a" onClick={() => setDialog("assign")} />}
        {edit && (
          <>
            <Menu trigger={<IconButton icon={CircleDot} label={t("tickets.bulk.status")} />} label={t("tickets.bulk.status")} align="start">
              {statuses.map((s) => (
                <MenuItem key={s} onSelect={() => void change({ status: s })}>
                  <span className="menu-status">
                    <StatusMark status={s} />
                    <span aria-hidden="true">{statusName(s)}</span>
                  </span>
                </MenuItem>
              ))}
            </Menu>
            <Menu trigger={<IconButton icon={Flag} label={t("tickets.bulk.priority")} />} label={t("tickets.bulk.priority")} align="start">
              {priorities.map((p) => (
                <MenuItem key={p} onSelect={() => void change({ priority: p })}>
                  {t(`tickets.priority.${p}`)}
                </MenuItem>
              ))}
            </Menu>
            <IconButton icon={Tag} label={t("tickets.bulk.tags")} keys="t" onClick={() => setDialog("tags")} />
          </>
        )}
        <IconButton icon={Zap} label={t("tickets.bulk.macro")} keys="shift+m" onClick={() => setDialog("macro")} />
        {(edit || reply || note || spam || remove) && (
          <Menu trigger={<IconButton icon={Ellipsis} label={t("tickets.bulk.more")} />} label={t("tickets.bulk.more")}>
            {(reply || note) && (
              <MenuItem icon={MessageSquare} onSelect={() => setDialog("message")}>
                {t("tickets.bulk.write")}
              </MenuItem>
            )}
            {edit && (
              <MenuItem icon={ListChecks} onSelect={() => setDialog("fields")}>
                {t("tickets.bulk.fields")}
              </MenuItem>
            )}
            {(spam || remove) && (edit || reply || note) && <MenuLine />}
            {spam && !inTrash && (
              <MenuItem icon={inSpam ? ShieldCheck : ShieldAlert} onSelect={() => void begin({ move: inSpam ? "not_spam" : "spam" })}>
                {t(inSpam ? "tickets.bulk.not_spam" : "tickets.bulk.spam")}
              </MenuItem>
            )}
            {remove &&
              (inTrash ? (
                <MenuItem icon={ArchiveRestore} onSelect={() => void begin({ move: "restore" })}>
                  {t("tickets.bulk.restore")}
                </MenuItem>
              ) : (
                <MenuItem icon={Trash2} danger onSelect={() => setDialog("delete")}>
                  {t("tickets.bulk.delete")}
                </MenuItem>
              ))}
          </Menu>
        )}
      </div>
      <Suspense>
        {(dialog === "share" || dialog === "unshare") && (
          <ShareDialog
            numbers={selection.whole ? [] : [...selection.numbers]}
            {...(selection.whole ? { list: { ...where, ...(filter ? { filter } : {}) } } : {})}
            mode={dialog}
            open
            onClose={() => {
              setDialog("");
              void refreshLists();
            }}
          />
        )}
        {dialog === "macro" && <RunMacro many={{ which: what, count: chosen }} onClose={() => setDialog("")} onBulk={show} />}
        {dialog === "message" && <BulkMessage busy={busy} count={chosen} onClose={() => setDialog("")} onSend={(message) => void begin({ message })} />}
        {dialog === "fields" && <BulkFields busy={busy} count={chosen} onClose={() => setDialog("")} onSave={(values) => void change(values)} />}
      </Suspense>
      <Confirm open={dialog === "delete"} onClose={() => setDialog("")} title={tn("tickets.bulk.delete_ask", chosen)} action={t("tickets.bulk.delete")} onConfirm={() => begin({ move: "delete" })}>
        <p>{t("tickets.bulk.delete_text")}</p>
      </Confirm>
      {dialog === "assign" && <AssignDialog busy={busy} count={chosen} onClose={() => setDialog("")} onSave={(values) => void change(values)} />}
      {dialog === "tags" && <TagsDialog busy={busy} count={chosen} onClose={() => setDialog("")} onSave={(values) => void change(values)} />}
      {result && (
        <BulkDialog
          started={result}
          onClose={() => {
            setResult(undefined);
            selection.clear();
            void refreshLists();
          }}
        />
      )}
    </div>
  );
}

type SmallProps = { busy: boolean; count: number; onClose: () => void; onSave: (values: Schema<"BulkChange">) => void };

function AssignDialog({ busy, count, onClose, onSave }: SmallProps) {
  const [agent, setAgent] = useState<(string | number)[]>([]);
  const [group, setGroup] = useState<(string | number)[]>([]);
  const choices = useQuery(filters).data?.find((f) => f.key === "group")?.choices ?? [];
  const self = useMe().person;
  const values = { ...(agent.length ? { assignee_id: agent[0] === "none" ? null : Number(agent[0]) } : {}), ...(group.length ? { group_id: Number(group[0]) } : {}) };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("tickets.bulk.assign")}
      subtitle={tn("tickets.bulk.tickets", count)}
      width={440}
      foot={<Foot busy={busy} onClose={onClose} reason={Object.keys(values).length ? undefined : t("tickets.bulk.assign_none")} onSave={() => onSave(values)} />}
    >
      <div className="field">
        <span className="label">{t("tickets.bulk.agent")}</span>
        <Pick
          label={t("tickets.bulk.agent")}
          choices={[
            { value: self.id, name: `${self.name} (${t("app.you")})`, kind: "person" },
            { value: "none", name: t("tickets.bulk.nobody") },
          ]}
          source="agent"
          value={agent}
          onChange={setAgent}
        />
      </div>
      <div className="field">
        <span className="label">{t("tickets.bulk.group")}</span>
        <Pick label={t("tickets.bulk.group")} choices={choices.map((c) => ({ value: c.value as number, name: c.name, kind: "group" as const }))} value={group} onChange={setGroup} />
      </div>
    </Dialog>
  );
}

function TagsDialog({ busy, count, onClose, onSave }: SmallProps) {
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const values = { ...(add.length ? { add_tags: add } : {}), ...(remove.length ? { remove_tags: remove } : {}) };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("tickets.bulk.tags")}
      subtitle={tn("tickets.bulk.tickets", count)}
      width={440}
      foot={<Foot busy={busy} onClose={onClose} reason={add.length + remove.length ? undefined : t("tickets.bulk.tags_none")} onSave={() => onSave(values)} />}
    >
      <WordsField label={t("tickets.bulk.tags_add")} words={add} onChange={setAdd} placeholder={t("tickets.filter.tags")} />
      <WordsField label={t("tickets.bulk.tags_remove")} words={remove} onChange={setRemove} placeholder={t("tickets.filter.tags")} />
    </Dialog>
  );
}

function Foot({ busy, reason, onClose, onSave }: { busy: boolean; reason: string | undefined; onClose: () => void; onSave: () => void }) {
  return (
    <>
      {reason && <span className="meta">{reason}</span>}
      <span className="push" />
      <Button onClick={onClose}>{t("app.cancel")}</Button>
      <Button kind="primary" busy={busy} reason={reason} onClick={onSave}>
        {t("app.save")}
      </Button>
    </>
  );
}
