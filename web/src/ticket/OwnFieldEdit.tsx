import { useState } from "react";
import { t } from "@/app/i18n";
import { Check, Select } from "@/ui/Field";
import type { OwnField } from "./api";

type Value = string | number | boolean | null;

/** A field of the desk's own by its kind. It is saved when it is left or Enter is pressed; what could not be saved stays. */
export function OwnFieldEdit({ field, value, may, onSave }: { field: OwnField; value: string; may: boolean; onSave: (value: Value) => Promise<boolean> }) {
  const [text, setText] = useState(value);
  if (!may) return <span className="clip">{field.kind === "checkbox" ? t(value === "true" ? "app.yes" : "app.no") : value || t("app.none")}</span>;
  if (field.kind === "checkbox") {
    return (
      <Check checked={value === "true"} onChange={(e) => void onSave(e.target.checked)}>
        <span className="vh">{field.name}</span>
      </Check>
    );
  }
  if (field.kind === "choice") {
    return (
      <Select quiet aria-label={field.name} value={value} onChange={(e) => void onSave(e.target.value || null)}>
        <option value="">{t("app.none")}</option>
        {value && !field.options.includes(value) && <option>{value}</option>}
        {field.options.map((o) => (
          <option key={o}>{o}</option>
        ))}
      </Select>
    );
  }
  const done = () => {
    if (text === value) return;
    const parsed = field.kind === "number" && text !== "" ? Number(text) : text;
    void onSave(text === "" ? null : parsed);
  };
  return (
    <input
      className="input quiet-input"
      type={field.kind === "number" ? "number" : field.kind === "date" ? "date" : "text"}
      step={field.kind === "number" ? "any" : undefined}
      aria-label={field.name}
      required={field.required}
      data-empty={text === "" || undefined}
      placeholder={t("ticket.field.empty")}
      value={text}
      onChange={(e) => setText(e.target.value)}
      onBlur={done}
      onKeyDown={(e) => {
        if (e.key === "Enter") done();
        if (e.key === "Escape") setText(value);
      }}
    />
  );
}
