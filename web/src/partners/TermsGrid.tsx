import { useQuery } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { Check, Select } from "@/ui/Field";
import type { Direction, Terms } from "./types";
import { anyField, effect } from "./words";
import "./partners.css";

const parts = ["public_comments", "private_comments", "status", "tags", "attachments"] as const;

/** What crosses, as boxes, with the sentences of what that means. */
export function TermsGrid({ terms, who, onChange }: { terms: Terms; who: string; onChange: (terms: Terms) => void }) {
  const own = useQuery({ queryKey: ["desk", "fields"], queryFn: () => call(client.GET("/ticket-fields")) }).data?.items ?? [];
  const fields = terms.fields.includes(anyField) ? "any" : terms.fields.length > 0 ? "some" : "none";
  const comments = terms.public_comments || terms.private_comments;
  return (
    <fieldset className="partner-terms">
      <legend>{t("partners.terms")}</legend>
      <div className="partner-grid">
        {parts.map((part) => (
          <Check key={part} checked={terms[part]} disabled={part === "attachments" && !comments} onChange={(e) => onChange({ ...terms, [part]: e.target.checked })} hint={t(`partners.term_hint.${part}`)}>
            {t(`partners.term.${part}`)}
          </Check>
        ))}
        <Check checked={terms.only_marked} disabled={!comments} onChange={(e) => onChange({ ...terms, only_marked: e.target.checked })} hint={t("partners.term_hint.only_marked")}>
          {t("partners.term.only_marked")}
        </Check>
      </div>
      <div className="partner-grid">
        <label className="partner-choice">
          <span>{t("partners.term.fields")}</span>
          <Select
            value={fields}
            onChange={(e) => onChange({ ...terms, fields: e.target.value === "any" ? [anyField] : e.target.value === "none" ? [] : own.map((f) => f.name) })}
          >
            <option value="none">{t("partners.fields.none")}</option>
            {own.length > 0 && <option value="some">{t("partners.fields.some")}</option>}
            <option value="any">{t("partners.fields.any")}</option>
          </Select>
        </label>
        <label className="partner-choice">
          <span>{t("partners.term.history")}</span>
          <Select value={terms.history} disabled={!comments} onChange={(e) => onChange({ ...terms, history: e.target.value as Terms["history"] })}>
            <option value="all">{t("partners.history.all")}</option>
            <option value="from_now">{t("partners.history.from_now")}</option>
          </Select>
        </label>
      </div>
      {fields === "some" && (
        <div className="partner-grid" role="group" aria-label={t("partners.term.fields")}>
          {own.map((f) => (
            <Check key={f.id} checked={terms.fields.includes(f.name)} onChange={(e) => onChange({ ...terms, fields: e.target.checked ? [...terms.fields, f.name] : terms.fields.filter((x) => x !== f.name) })}>
              {f.name}
            </Check>
          ))}
        </div>
      )}
      <Effect terms={terms} direction="outbound" who={who} live />
    </fieldset>
  );
}

/** What terms mean, in sentences. */
export function Effect({ terms, direction, who, live = false }: { terms: Terms; direction: Direction; who: string; live?: boolean }) {
  return (
    <p className="sentence partner-effect" aria-live={live ? "polite" : undefined}>
      {effect(terms, direction, who).join(" ")}
    </p>
  );
}
