import { known, t } from "@/app/i18n";
import { statusName } from "./Status";
import type { Field } from "./api";
import { type Node, type Value, isList } from "./condition";

/** The name of a field: own fields bring theirs. */
export function fieldName(field: Field): string {
  const key = `tickets.field.${field.key}`;
  return known(key) ? t(key) : field.help;
}

/** The name of one of the values that a field can have. */
export function choiceName(field: Field, choice: { value?: unknown; name: string }): string {
  if (field.key === "status") return statusName(String(choice.value));
  const own = `tickets.choice.${field.key}.${String(choice.value)}`;
  if (known(own)) return t(own);
  const key = `tickets.choice.${String(choice.value)}`;
  return field.type === "choice" && !field.key.startsWith("field:") && known(key) ? t(key) : choice.name;
}

/** partnerName is what the desk calls a partner, by the choices of the conditions about them. One who is gone is a number. */
export const partnerName = (id: number, fields: readonly Field[]) => fields.flatMap((f) => (f.key.startsWith("partner_") ? f.choices : [])).find((c) => c.value === id)?.name ?? `#${id}`;

/** The name of a comparison, which differs by what is compared. */
export function opName(field: Field, op: string): string {
  const own = `tickets.op.${field.type}.${op}`;
  const key = `tickets.op.${op}`;
  return known(own) ? t(own) : known(key) ? t(key) : op;
}

/** inWords says what a condition asks for: "Status is Open and (Priority is High or Tags have any of vip)". */
export function inWords(node: Node, fields: readonly Field[]): string {
  if (isList(node)) {
    const parts = node.items.map((item) => (isList(item) && item.items.length > 1 ? `(${inWords(item, fields)})` : inWords(item, fields)));
    return parts.join(` ${t(node.kind === "any" ? "tickets.filter.or" : "tickets.filter.and")} `);
  }
  const field = fields.find((f) => f.key === node.field);
  if (!field) return [node.field, node.op, JSON.stringify(node.value ?? "")].join(" ");
  return [fieldName(field), opName(field, node.op), valueWords(field, node.value)].filter(Boolean).join(" ");
}

function valueWords(field: Field, value: Value | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "boolean") return t(value ? "app.yes" : "app.no");
  if (Array.isArray(value)) return value.map((v) => valueWords(field, v)).join(", ");
  if (typeof value === "object") return "days" in value ? `${value.days} ${t("tickets.filter.days")}` : `${value.hours} ${t("tickets.filter.hours")}`;
  const choice = field.choices.find((c) => c.value === value);
  return choice ? choiceName(field, choice) : String(value);
}
