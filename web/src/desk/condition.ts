import type { Schema } from "@/api/client";
import { type Key, known, t } from "@/app/i18n";

export type Leaf = { field: string; op: string; value?: unknown };

const isLeaf = (v: unknown): v is Leaf => typeof v === "object" && v !== null && "field" in v && "op" in v;
const simple = (l: Leaf) => l.op.startsWith("has_") ? Array.isArray(l.value) : typeof l.value !== "object";

/** readRows reads a condition as rows, or gives undefined where it has more to it: groups in groups, lists, days. */
export function readRows(value: unknown): { rows: Leaf[]; any: boolean } | undefined {
  if (value === null || value === undefined) return { rows: [], any: false };
  if (isLeaf(value)) return simple(value) ? { rows: [value], any: false } : undefined;
  if (typeof value !== "object") return undefined;
  const { all, any } = value as { all?: unknown; any?: unknown };
  const list = all ?? any;
  if (Object.keys(value).length !== 1 || !Array.isArray(list) || !list.every((l) => isLeaf(l) && simple(l))) return undefined;
  return { rows: list as Leaf[], any: any !== undefined };
}

/** treeOf writes rows as a condition; none is no condition. */
export function treeOf(rows: Leaf[], any: boolean): unknown {
  if (rows.length === 0) return null;
  const leaves = rows.map((r) => (r.value === undefined ? { field: r.field, op: r.op } : r));
  if (leaves.length === 1 && !any) return leaves[0];
  return any ? { any: leaves } : { all: leaves };
}

/** offered says whether a row can be about a field: people, companies and days need more than a line. */
export const offered = (f: Schema<"ConditionField">) => f.choices.length > 0 || ["text", "words", "number", "boolean", "tags"].includes(f.type);

/** fieldName is what a field is called; an own field has its name. */
export const fieldName = (f: Pick<Schema<"ConditionField">, "key" | "help">) => (known(`desk.condition.field.${f.key}`) ? t(`desk.condition.field.${f.key}` as Key) : f.help);

export const opName = (op: string) => (known(`desk.condition.op.${op}`) ? t(`desk.condition.op.${op}` as Key) : op);

/** inWords says what a condition asks for, as far as rows can say it; else it is shown as it stands. */
export function inWords(value: unknown, fields: Schema<"ConditionField">[]): string {
  const read = readRows(value);
  if (!read) return JSON.stringify(value);
  return read.rows
    .map((r) => {
      const field = fields.find((f) => f.key === r.field);
      return [field ? fieldName(field) : r.field, opName(r.op), valueName(r.value, field)].filter(Boolean).join(" ");
    })
    .join(read.any ? ` ${t("desk.condition.or")} ` : ` ${t("desk.condition.and")} `);
}

/** valueName is a value of a condition in words. */
export function valueName(value: unknown, field: Schema<"ConditionField"> | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "boolean") return value ? t("app.yes") : t("app.no");
  if (Array.isArray(value)) return value.join(", ");
  const name = field?.choices.find((c) => c.value === value)?.name ?? String(value);
  return known(`desk.status.${name}`) ? t(`desk.status.${name}` as Key) : name;
}
