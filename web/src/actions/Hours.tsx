import { useState } from "react";
import { t } from "@/app/i18n";
import { SelectField, TextField } from "@/ui/Field";
import { spanWords } from "./words";

const usual = [24, 3 * 24, 7 * 24, 30 * 24];

/** A length of time in hours, 0 for no end: the usual ones to choose from, or any number of days. */
export function Hours({ label, value, error, onChange }: { label: string; value: number; error?: string; onChange: (hours: number) => void }) {
  const [own, setOwn] = useState(value > 0 && !usual.includes(value));
  return (
    <>
      <SelectField
        label={label}
        value={own ? "own" : value}
        error={own ? undefined : error}
        onChange={(e) => {
          setOwn(e.target.value === "own");
          onChange(e.target.value === "own" ? value || 24 : Number(e.target.value));
        }}
      >
        <option value={0}>{t("actions.never")}</option>
        {usual.map((h) => (
          <option key={h} value={h}>
            {t("actions.after", { span: spanWords(h) })}
          </option>
        ))}
        <option value="own">{t("actions.own_span")}</option>
      </SelectField>
      {own && <TextField label={t("actions.span_hours")} type="number" min={1} max={87_840} value={value || ""} error={error} onChange={(e) => onChange(Math.max(0, Math.round(Number(e.target.value))))} />}
    </>
  );
}
