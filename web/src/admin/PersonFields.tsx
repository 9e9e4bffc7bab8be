import { useQuery } from "@tanstack/react-query";
import { locale, t } from "@/app/i18n";
import { Check, SelectField, TextField, WordsField } from "@/ui/Field";
import { type Person, companies, departments } from "./api";
import type { Draft } from "./Person";

const languages = ["en", "de", "fr", "es", "it", "nl", "pt-BR", "pl", "sv", "tr"];

const sights = ["none", "read", "write"] as const;

type Props = { now: Person; set: (change: Draft) => void; about: (field: string) => string; disabled: boolean; kind: Person["kind"] };

/** Who somebody is: name, addresses, language, where they belong. kind is what is saved: only a requester can become the other. */
export function PersonFields({ now, set, about, disabled, kind }: Props) {
  const lists = { departments: useQuery(departments).data ?? [], companies: useQuery(companies).data ?? [] };
  const names = new Intl.DisplayNames(locale(), { type: "language" });
  const spoken = now.language && !languages.includes(now.language) ? [now.language, ...languages] : languages;
  return (
    <fieldset className="form" disabled={disabled}>
      <legend className="vh">{t("admin.person.profile")}</legend>
      <div className="adm-pair">
        <TextField label={t("admin.name")} value={now.name} error={about("name")} maxLength={200} onChange={(e) => set({ name: e.target.value })} />
        <TextField label={t("admin.person.address")} hint={t("admin.person.address_hint")} type="email" value={now.address} error={about("address")} maxLength={320} onChange={(e) => set({ address: e.target.value })} />
        <WordsField label={t("admin.person.others")} hint={t("admin.person.others_hint")} words={now.others ?? []} error={about("others")} onChange={(others) => set({ others })} />
        <SelectField label={t("admin.person.language")} value={now.language} error={about("language")} onChange={(e) => set({ language: e.target.value })}>
          <option value="">{t("admin.person.language_none")}</option>
          {spoken.map((l) => (
            <option key={l} value={l}>
              {names.of(l) ?? l}
            </option>
          ))}
        </SelectField>
        <SelectField label={t("admin.person.department")} value={now.department_id ?? 0} error={about("department_id")} onChange={(e) => set({ department_id: Number(e.target.value) || null })}>
          <option value={0}>{t("app.none")}</option>
          {lists.departments.map((d) => (
            <option key={d.id} value={d.id}>
              {d.name}
            </option>
          ))}
        </SelectField>
        <SelectField label={t("admin.person.company")} value={now.company_id ?? 0} error={about("company_id")} onChange={(e) => set({ company_id: Number(e.target.value) || null })}>
          <option value={0}>{t("app.none")}</option>
          {lists.companies.map((c) => (
            <option key={c.id} value={c.id}>
              {c.name}
            </option>
          ))}
        </SelectField>
        {kind === "requester" &&
          now.kind === "requester" &&
          now.department_id &&
          (["department_tickets", "department_changes"] as const).map((field) => (
            <SelectField
              key={field}
              label={t(`admin.person.${field}`)}
              hint={t("admin.person.sight_hint")}
              value={now[field]}
              error={about(field)}
              onChange={(e) => set({ [field]: e.target.value })}
            >
              {sights.map((s) => (
                <option key={s} value={s}>
                  {t(`admin.person.sight.${s}`)}
                </option>
              ))}
            </SelectField>
          ))}
      </div>
      {kind === "requester" && (
        <Check checked={now.kind === "agent"} hint={about("kind") || t("admin.person.to_agent_hint")} onChange={(e) => set({ kind: e.target.checked ? "agent" : "requester" })}>
          {t("admin.person.to_agent")}
        </Check>
      )}
    </fieldset>
  );
}
