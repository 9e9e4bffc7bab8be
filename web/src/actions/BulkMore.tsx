import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { useMay } from "@/app/session";
import { filters } from "@/tickets/api";
import { statusName } from "@/tickets/Status";
import { fieldName } from "@/tickets/filterWords";
import { Button, IconButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { SelectField } from "@/ui/Field";
import { Body } from "./ActionBody";
import { WordsArea } from "./WordsArea";
import { type Keyed, blank, fieldsToSet, keyed, startValue, unfinished } from "./model";
import "./actions.css";

// What bulk work can do beside what the bar has at hand: write on all tickets, and change any field.

type Common = { busy: boolean; count: number; onClose: () => void };
type Message = NonNullable<Schema<"NewBulk">["message"]>;

/** A reply or a note on every ticket. */
export function BulkMessage({ busy, count, onClose, onSend }: Common & { onSend: (message: Message) => void }) {
  const reply = useMay("tickets.reply");
  const note = useMay("tickets.note");
  const edit = useMay("tickets.edit");
  const [kind, setKind] = useState<"reply" | "note">(note ? "note" : "reply");
  const [html, setHtml] = useState("");
  const [status, setStatus] = useState("");
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(kind === "reply" ? "actions.many.reply" : "actions.many.note")}
      subtitle={tn("tickets.bulk.tickets", count)}
      width={560}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind={kind === "note" ? "note" : "primary"} busy={busy} reason={html ? undefined : t("actions.many.write")} onClick={() => onSend({ kind, html, ...(status ? { status: status as "open" } : {}) })}>
            {tn("actions.many.send", count)}
          </Button>
        </>
      }
    >
      {reply && note && (
        <SelectField label={t("actions.many.kind")} value={kind} onChange={(e) => setKind(e.target.value as "reply")}>
          <option value="note">{t("actions.many.note")}</option>
          <option value="reply">{t("actions.many.reply")}</option>
        </SelectField>
      )}
      <p className="meta">{t(kind === "reply" ? "actions.many.reply_text" : "actions.many.note_text")}</p>
      <WordsArea html={html} label={t("actions.many.message")} rows={7} onChange={setHtml} />
      {edit && (
        <SelectField label={t("actions.many.status")} value={status} onChange={(e) => setStatus(e.target.value)}>
          <option value="">{t("actions.many.keep")}</option>
          {["open", "pending", "on_hold", "solved", "closed"].map((s) => (
            <option key={s} value={s}>
              {statusName(s)}
            </option>
          ))}
        </SelectField>
      )}
    </Dialog>
  );
}

/** Any fields, each to a value. */
export function BulkFields({ busy, count, onClose, onSave }: Common & { onSave: (change: Schema<"BulkChange">) => void }) {
  const fields = fieldsToSet(useQuery(filters).data ?? []).filter((f) => f.key !== "subject");
  const [rows, setRows] = useState<Keyed[]>([]);
  const taken = rows.map((r) => r.action.field);
  const free = fields.find((f) => !taken.includes(f.key));
  const list = rows.length > 0 || !free ? rows : [keyed(blank("set", fields))];
  const put = (i: number, row: Keyed) => setRows(list.map((r, j) => (j === i ? row : r)));
  const ready = list.length > 0 && !list.some((r) => unfinished(r.action));
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("actions.many.fields")}
      subtitle={tn("tickets.bulk.tickets", count)}
      width={560}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="primary" busy={busy} reason={ready ? undefined : t("actions.many.no_field")} onClick={() => onSave(changeOf(list))}>
            {tn("actions.many.save", count)}
          </Button>
        </>
      }
    >
      {list.map((row, i) => {
        const field = fields.find((f) => f.key === row.action.field);
        return (
          <div key={row.key} className="action-line">
            <Body
              action={row.action}
              fields={fields.filter((f) => f.key === row.action.field || !taken.includes(f.key))}
              onChange={(action) => put(i, { ...row, action })}
            />
            <IconButton icon={X} label={t("actions.many.drop_field", { name: field ? fieldName(field) : "" })} disabled={list.length < 2} onClick={() => setRows(list.filter((_, j) => j !== i))} />
          </div>
        );
      })}
      {free && (
        <Button size="sm" icon={Plus} onClick={() => setRows([...list, keyed({ do: "set", field: free.key, value: startValue(free) })])}>
          {t("actions.many.add_field")}
        </Button>
      )}
    </Dialog>
  );
}

const ids: Record<string, string> = { own_status: "status_id", inbox: "inbox_id", group: "group_id", department: "department_id" };

/** changeOf writes rows of fields as bulk work takes them. */
export function changeOf(rows: readonly Keyed[]): Schema<"BulkChange"> {
  const change: Record<string, unknown> = {};
  const own: Record<string, string | null> = {};
  for (const { action } of rows) {
    const key = action.field ?? "";
    const value = action.value ?? "";
    if (key.startsWith("field:")) own[key.slice("field:".length)] = value || null;
    else if (ids[key]) change[ids[key]] = value ? Number(value) : null;
    else change[key] = key === "private" ? value === "true" : value;
  }
  return { ...change, ...(Object.keys(own).length > 0 ? { fields: own } : {}) } as Schema<"BulkChange">;
}
