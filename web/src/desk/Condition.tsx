import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { Button, IconButton } from "@/ui/Button";
import { Select, TextArea } from "@/ui/Field";
import { type Leaf, fieldName, offered, opName, readRows, treeOf, valueName } from "./condition";

type FieldOf = Schema<"ConditionField">;
type Props = { value: unknown; onChange: (value: unknown) => void; error: string };

/** useConditionFields gives what conditions can be about. */
export const useConditionFields = () => useQuery({ queryKey: ["ticket-filters"], queryFn: () => call(client.GET("/ticket-filters")), staleTime: 600_000 }).data?.items ?? [];

/** Which tickets: rows that all hold, or one of which holds. A condition that has more to it is edited as JSON. */
export function Condition({ value, onChange, error }: Props) {
  const fields = useConditionFields().filter(offered);
  const read = readRows(value);
  const [json, setJson] = useState(read === undefined);
  const [text, setText] = useState(value ? JSON.stringify(value, null, 2) : "");
  const [broken, setBroken] = useState(false);
  const fault = broken ? t("desk.condition.not_json") : error;
  const type = (next: string) => {
    setText(next);
    try {
      onChange(next.trim() ? JSON.parse(next) : null);
      setBroken(false);
    } catch {
      onChange(next);
      setBroken(true);
    }
  };
  if (json || !read) {
    return (
      <div className="desk-rows">
        <TextArea label={t("desk.condition.json")} rows={6} className="mono" value={text} error={fault} hint={t("desk.condition.json_hint")} onChange={(e) => type(e.target.value)} />
        {read && (
          <p>
            <Button size="sm" kind="quiet" onClick={() => setJson(false)}>
              {t("desk.condition.as_rows")}
            </Button>
          </p>
        )}
      </div>
    );
  }
  const { rows, any } = read;
  const set = (next: Leaf[], nextAny = any) => onChange(treeOf(next, nextAny));
  const add = () => {
    const first = fields[0];
    if (first) set([...rows, fresh(first)]);
  };
  return (
    <div className="desk-rows">
      {rows.length > 1 && (
        <Select aria-label={t("desk.condition.join")} value={any ? "any" : "all"} onChange={(e) => set(rows, e.target.value === "any")}>
          <option value="all">{t("desk.condition.all")}</option>
          <option value="any">{t("desk.condition.any")}</option>
        </Select>
      )}
      {rows.map((row, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows have no other name
        <Row key={i} row={row} fields={fields} onChange={(next) => set(rows.map((r, at) => (at === i ? next : r)))} onRemove={() => set(rows.filter((_, at) => at !== i))} />
      ))}
      {fault && (
        <p className="banner" data-tone="danger" role="alert">
          {fault}
        </p>
      )}
      <p className="desk-bar">
        <Button size="sm" icon={Plus} onClick={add}>
          {t("desk.condition.add")}
        </Button>
        <Button size="sm" kind="quiet" onClick={() => (setText(value ? JSON.stringify(value, null, 2) : ""), setJson(true))}>
          {t("desk.condition.as_json")}
        </Button>
      </p>
    </div>
  );
}

/** A new row about a field: its first operator, its first choice. */
function fresh(field: FieldOf): Leaf {
  const op = field.operators[0] ?? "is";
  return { field: field.key, op, value: starting(field, op) };
}

function starting(field: FieldOf, op: string): unknown {
  if (op === "empty" || op === "not_empty") return undefined;
  if (op.startsWith("has_")) return [];
  if (field.type === "boolean") return true;
  if (field.choices[0]) return field.choices[0].value;
  return field.type === "number" ? 0 : "";
}

type RowProps = { row: Leaf; fields: FieldOf[]; onChange: (row: Leaf) => void; onRemove: () => void };

function Row({ row, fields, onChange, onRemove }: RowProps) {
  const field = fields.find((f) => f.key === row.field);
  const ops = field?.operators.filter((o) => o !== "in" && o !== "not_in") ?? [row.op];
  return (
    <div className="desk-row" role="group" aria-label={field ? fieldName(field) : row.field}>
      <Select aria-label={t("desk.condition.field")} value={row.field} onChange={(e) => onChange(fresh(fields.find((f) => f.key === e.target.value) ?? fields[0]!))}>
        {!field && <option value={row.field}>{row.field}</option>}
        {fields.map((f) => (
          <option key={f.key} value={f.key}>
            {fieldName(f)}
          </option>
        ))}
      </Select>
      <Select aria-label={t("desk.condition.op")} value={row.op} onChange={(e) => onChange({ ...row, op: e.target.value, value: field && (row.value === undefined || e.target.value.includes("empty")) ? starting(field, e.target.value) : row.value })}>
        {ops.map((o) => (
          <option key={o} value={o}>
            {opName(o)}
          </option>
        ))}
      </Select>
      {field && <Value row={row} field={field} onChange={(value) => onChange({ ...row, value })} />}
      <IconButton icon={X} label={t("desk.condition.remove")} onClick={onRemove} />
    </div>
  );
}

function Value({ row, field, onChange }: { row: Leaf; field: FieldOf; onChange: (value: unknown) => void }) {
  const label = t("desk.condition.value");
  if (row.op === "empty" || row.op === "not_empty") return null;
  if (row.op.startsWith("has_")) {
    const words = Array.isArray(row.value) ? row.value.join(", ") : "";
    return <Tags words={words} label={label} onChange={onChange} />;
  }
  if (field.type === "boolean") {
    return (
      <Select aria-label={label} value={row.value === false ? "no" : "yes"} onChange={(e) => onChange(e.target.value === "yes")}>
        <option value="yes">{t("app.yes")}</option>
        <option value="no">{t("app.no")}</option>
      </Select>
    );
  }
  if (field.choices.length) {
    return (
      <Select aria-label={label} value={String(row.value)} onChange={(e) => onChange(field.choices.find((c) => String(c.value) === e.target.value)?.value)}>
        {field.choices.map((c) => (
          <option key={String(c.value)} value={String(c.value)}>
            {valueName(c.value, field)}
          </option>
        ))}
      </Select>
    );
  }
  if (field.type === "number") return <input className="input" type="number" aria-label={label} value={String(row.value ?? "")} onChange={(e) => onChange(e.target.value === "" ? "" : Number(e.target.value))} />;
  return <input className="input" aria-label={label} value={String(row.value ?? "")} maxLength={200} onChange={(e) => onChange(e.target.value)} />;
}

/** Tags between commas: read when the field is left, so that a comma can be typed. */
function Tags({ words, label, onChange }: { words: string; label: string; onChange: (value: string[]) => void }) {
  const [text, setText] = useState(words);
  return (
    <input
      className="input"
      aria-label={label}
      placeholder={t("desk.condition.tags")}
      value={text}
      onChange={(e) => {
        setText(e.target.value);
        onChange(e.target.value.split(",").map((w) => w.trim()).filter(Boolean));
      }}
    />
  );
}
