import { useQuery } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import type { Field as TicketField } from "@/tickets/api";
import { Pick } from "@/tickets/Pick";
import { choiceName, fieldName } from "@/tickets/filterWords";
import { Select, SelectField, TextField, WordsField } from "@/ui/Field";
import { LinkTerms, ShareTerms, StandingTerms } from "./ShareBody";
import { Targets } from "./Targets";
import { WordsArea } from "./WordsArea";
import { type Action, clearable, fieldsToSet, startValue, without } from "./model";

type Props = { action: Action; fields: readonly TicketField[]; onChange: (action: Action) => void };

/** What an action says beside its kind. */
export function Body({ action: a, fields, onChange }: Props) {
  switch (a.do) {
    case "set":
      return <SetBody action={a} fields={fields} onChange={onChange} />;
    case "assign":
      return <AssignBody action={a} fields={fields} onChange={onChange} />;
    case "add_tags":
    case "remove_tags":
      return <WordsField label={t("actions.tags")} bare words={a.tags ?? []} placeholder={t("tickets.filter.tags")} onChange={(tags) => onChange({ ...a, tags })} />;
    case "reply":
    case "note":
      return <WordsArea html={a.html ?? ""} label={t(a.do === "reply" ? "actions.reply_text" : "actions.note_text")} onChange={(html) => onChange({ ...a, html })} />;
    case "notify":
      return (
        <>
          <Targets mail label={t("actions.to")} targets={a.to ?? []} fields={fields} onChange={(to) => onChange({ ...a, to })} />
          <TextField label={t("actions.subject")} value={a.subject ?? ""} maxLength={200} required onChange={(e) => onChange({ ...a, subject: e.target.value })} />
          <WordsArea html={a.html ?? ""} label={t("actions.mail_text")} onChange={(html) => onChange({ ...a, html })} />
        </>
      );
    case "add_cc":
      return <WordsField label={t("actions.addresses")} bare words={a.addresses ?? []} placeholder={t("actions.addresses_hint")} onChange={(addresses) => onChange({ ...a, addresses })} />;
    case "add_followers":
      return <Pick label={t("actions.followers")} source="agent" several value={a.people ?? []} onChange={(people) => onChange({ ...a, people: people.map(Number) })} />;
    case "webhook":
      return <HookBody action={a} onChange={onChange} />;
    case "share":
      return <ShareTerms action={a} fields={fields} onChange={onChange} />;
    case "unshare":
    case "set_level":
    case "set_expiry":
      return <StandingTerms action={a} fields={fields} onChange={onChange} />;
    case "make_link":
      return <LinkTerms action={a} onChange={onChange} />;
    default:
      return <p className="meta">{t(`actions.help.${a.do}`)}</p>;
  }
}

function SetBody({ action: a, fields, onChange }: Props) {
  const offered = fieldsToSet(fields);
  const field = offered.find((f) => f.key === a.field);
  const own = offered.filter((f) => f.key.startsWith("field:"));
  const label = t("tickets.filter.value", { field: field ? fieldName(field) : "" });
  const set = (value: string) => onChange({ ...a, value });
  return (
    <div className="action-set">
      <Select
        aria-label={t("actions.field")}
        value={field ? a.field : ""}
        onChange={(e) => onChange({ ...a, field: e.target.value, value: startValue(offered.find((f) => f.key === e.target.value)) })}
      >
        {!field && <option value="">{t("tickets.filter.unknown")}</option>}
        {offered
          .filter((f) => !own.includes(f))
          .map((f) => (
            <option key={f.key} value={f.key}>
              {fieldName(f)}
            </option>
          ))}
        {own.length > 0 && (
          <optgroup label={t("tickets.filter.group.own")}>
            {own.map((f) => (
              <option key={f.key} value={f.key}>
                {fieldName(f)}
              </option>
            ))}
          </optgroup>
        )}
      </Select>
      <span className="meta">{t("actions.set_to")}</span>
      {field && <SetValue field={field} label={label} value={a.value ?? ""} onChange={set} />}
    </div>
  );
}

function SetValue({ field, label, value, onChange }: { field: TicketField; label: string; value: string; onChange: (value: string) => void }) {
  const empty = clearable(field.key) && <option value="">{t("actions.empty")}</option>;
  if (field.type === "boolean")
    return (
      <Select aria-label={label} value={value} onChange={(e) => onChange(e.target.value)}>
        {empty}
        <option value="true">{t("app.yes")}</option>
        <option value="false">{t("app.no")}</option>
      </Select>
    );
  if (field.choices.length > 0 || field.type === "group" || field.type === "department" || field.type === "inbox")
    return (
      <Select aria-label={label} value={value} onChange={(e) => onChange(e.target.value)}>
        {empty}
        {value !== "" && !field.choices.some((c) => String(c.value) === value) && <option value={value}>{t("tickets.filter.unknown")}</option>}
        {field.choices.map((c) => (
          <option key={String(c.value)} value={String(c.value)}>
            {choiceName(field, c)}
          </option>
        ))}
      </Select>
    );
  return (
    <input
      className="input"
      aria-label={label}
      type={field.type === "number" ? "number" : field.type === "date" ? "date" : "text"}
      placeholder={clearable(field.key) ? t("actions.empty") : undefined}
      maxLength={field.key === "subject" ? 500 : 4000}
      value={value}
      onChange={(e) => onChange(e.target.value)}
    />
  );
}

const hows = ["person", "round_robin", "least_loaded", "nobody"] as const;

function AssignBody({ action: a, fields, onChange }: Props) {
  const groups = fields.find((f) => f.key === "group")?.choices ?? [];
  return (
    <div className="action-set">
      <Select aria-label={t("actions.how")} value={a.how} onChange={(e) => onChange({ do: "assign", how: e.target.value as (typeof hows)[number] })}>
        {hows.map((h) => (
          <option key={h} value={h}>
            {t(`actions.how.${h}`)}
          </option>
        ))}
      </Select>
      {a.how === "person" && (
        <Pick
          label={t("tickets.bulk.agent")}
          source="agent"
          value={a.person_id ? [a.person_id] : []}
          onChange={([id]) => onChange(id ? { ...a, person_id: Number(id) } : without(a, "person_id"))}
        />
      )}
      {a.how !== "nobody" && (
        <Select aria-label={t("tickets.bulk.group")} value={a.group_id ?? ""} onChange={(e) => onChange(e.target.value ? { ...a, group_id: Number(e.target.value) } : without(a, "group_id"))}>
          <option value="">{t(a.how === "person" ? "actions.keep_group" : "actions.own_group")}</option>
          {groups.map((g) => (
            <option key={String(g.value)} value={String(g.value)}>
              {g.name}
            </option>
          ))}
        </Select>
      )}
    </div>
  );
}

function HookBody({ action: a, onChange }: { action: Action; onChange: (action: Action) => void }) {
  const hooks = useQuery({ queryKey: ["desk", "webhooks", "names"], queryFn: () => call(client.GET("/webhooks")) }).data?.items ?? [];
  return (
    <SelectField label={t("actions.webhook")} bare value={a.webhook_id ?? ""} onChange={(e) => onChange({ ...a, webhook_id: Number(e.target.value) })}>
      <option value="">{t("actions.choose")}</option>
      {a.webhook_id && !hooks.some((h) => h.id === a.webhook_id) && <option value={a.webhook_id}>{`#${a.webhook_id}`}</option>}
      {hooks.map((h) => (
        <option key={h.id} value={h.id}>
          {h.name}
        </option>
      ))}
    </SelectField>
  );
}

