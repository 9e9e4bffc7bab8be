import { t } from "@/app/i18n";
import { useGroups } from "@/desk/lists";
import { levelName, levels } from "@/sharing/model";
import { fieldName } from "@/tickets/filterWords";
import { Pick } from "@/tickets/Pick";
import { SelectField, TextField, WordsField } from "@/ui/Field";
import type { Faults } from "./ActionRows";
import { Hours } from "./Hours";
import { Receivers } from "./Receivers";
import { ShareFields } from "./ShareFields";
import { Targets } from "./Targets";
import { WordsArea } from "./WordsArea";
import { type Action, type How, isOwnField, settable } from "./model";
import { useWebhooks } from "./useNames";
import { type Names, valueName } from "./words";

export type FieldsProps = { action: Action; onChange: (action: Action) => void; names: Names; faults: Faults };

/** What one action says beyond its kind. */
export function ActionFields(props: FieldsProps) {
  const { action, onChange, names, faults } = props;
  const set = (change: Partial<Action>) => onChange({ ...action, ...change });
  const fields = (() => {
    switch (action.do) {
      case "set":
        return <SetFields {...props} />;
      case "assign":
        return <AssignFields {...props} />;
      case "add_tags":
      case "remove_tags":
        return <WordsField label={t("actions.tags")} words={action.tags ?? []} placeholder={t("tickets.filter.tags")} error={faults("tags")} onChange={(tags) => set({ tags })} />;
      case "reply":
      case "note":
        return <WordsArea html={action.html ?? ""} error={faults("html")} onChange={(html) => set({ html })} />;
      case "notify":
        return (
          <>
            <Receivers to={action.to ?? []} names={names} error={faults("to")} onChange={(to) => set({ to })} />
            <TextField label={t("actions.subject")} value={action.subject ?? ""} maxLength={200} error={faults("subject")} onChange={(e) => set({ subject: e.target.value })} />
            <WordsArea html={action.html ?? ""} error={faults("html")} onChange={(html) => set({ html })} />
          </>
        );
      case "add_cc":
        return <WordsField label={t("actions.addresses")} words={action.addresses ?? []} placeholder="anna@example.org" error={faults("addresses")} onChange={(addresses) => set({ addresses })} />;
      case "add_followers":
        return <People label={t("actions.people")} chosen={action.people ?? []} several error={faults("people")} onChange={(people) => set({ people })} />;
      case "webhook":
        return <WebhookField {...props} />;
      case "share":
        return <ShareFields {...props} />;
      case "unshare":
        return <Targets targets={action.targets ?? []} names={names} faults={faults} ending onChange={(targets) => set({ targets })} />;
      case "set_level":
        return (
          <>
            <Targets targets={action.targets ?? []} names={names} faults={faults} ending onChange={(targets) => set({ targets })} />
            <SelectField label={t("sharing.level")} value={action.level} error={faults("level")} onChange={(e) => set({ level: e.target.value as (typeof levels)[number] })}>
              {levels.map((l) => (
                <option key={l} value={l}>
                  {levelName(l)}
                </option>
              ))}
            </SelectField>
          </>
        );
      case "set_expiry":
        return (
          <>
            <Targets targets={action.targets ?? []} names={names} faults={faults} ending onChange={(targets) => set({ targets })} />
            <Hours label={t("sharing.end")} value={action.expires_in_hours ?? 0} error={faults("expires_in_hours")} onChange={(expires_in_hours) => set({ expires_in_hours })} />
          </>
        );
      case "make_link":
        return (
          <div className="desk-pair">
            <SelectField label={t("actions.link")} value={action.level} error={faults("level")} onChange={(e) => set({ level: e.target.value as "view" | "comment" })}>
              <option value="view">{t("actions.link.view")}</option>
              <option value="comment">{t("actions.link.comment")}</option>
            </SelectField>
            <Hours label={t("sharing.end")} value={action.expires_in_hours ?? 0} error={faults("expires_in_hours")} onChange={(expires_in_hours) => set({ expires_in_hours })} />
            <TextField label={t("actions.label")} value={action.label ?? ""} maxLength={100} error={faults("label")} onChange={(e) => set({ label: e.target.value })} />
          </div>
        );
      case "delete":
      case "spam":
        return <p className="meta">{t(`actions.hint.${action.do}`)}</p>;
      default:
        return null;
    }
  })();
  return fields && <div className="action-fields">{fields}</div>;
}

function SetFields({ action, onChange, names, faults }: FieldsProps) {
  const offered = names.fields.filter((f) => (settable as readonly string[]).includes(f.key) || isOwnField(f.key));
  const field = offered.find((f) => f.key === action.field);
  const value = action.value ?? "";
  const clears = field && (isOwnField(field.key) || ["own_status", "group", "department"].includes(field.key));
  const values = field?.type === "boolean" ? ["true", "false"] : (field?.choices ?? []).map((c) => String(c.value)).filter((v) => v !== "mine" && v !== "me");
  const label = t("actions.value");
  const set = (v: string) => onChange({ ...action, value: v });
  const first = (key: string) => {
    const next = offered.find((f) => f.key === key);
    return next?.type === "boolean" ? "true" : isOwnField(key) ? "" : String(next?.choices.find((c) => c.value !== "mine")?.value ?? "");
  };
  return (
    <div className="desk-pair">
      <SelectField label={t("tickets.filter.field")} value={field ? action.field : ""} error={faults("field")} onChange={(e) => onChange({ do: "set", field: e.target.value, value: first(e.target.value) })}>
        {!field && <option value="">{t("tickets.filter.unknown")}</option>}
        {offered.map((f) => (
          <option key={f.key} value={f.key}>
            {fieldName(f)}
          </option>
        ))}
      </SelectField>
      {values.length > 0 ? (
        <SelectField label={label} value={value} error={faults("value")} onChange={(e) => set(e.target.value)}>
          {(clears || value === "") && <option value="">{t("actions.nothing")}</option>}
          {value !== "" && !values.includes(value) && <option value={value}>{t("tickets.filter.unknown")}</option>}
          {values.map((v) => (
            <option key={v} value={v}>
              {valueName(field, v)}
            </option>
          ))}
        </SelectField>
      ) : (
        <TextField label={label} type={field?.type === "number" ? "number" : field?.type === "date" ? "date" : "text"} value={value} maxLength={5000} hint={clears ? t("actions.clears") : undefined} error={faults("value")} onChange={(e) => set(e.target.value)} />
      )}
    </div>
  );
}

const hows: How[] = ["person", "round_robin", "least_loaded", "nobody"];

function AssignFields({ action, onChange, faults }: FieldsProps) {
  const groups = useGroups();
  const how = action.how ?? "person";
  return (
    <>
      <div className="desk-pair">
        <SelectField label={t("actions.how")} value={how} error={faults("how")} onChange={(e) => onChange({ do: "assign", how: e.target.value as How, ...(action.group_id && e.target.value !== "nobody" ? { group_id: action.group_id } : {}) })}>
          {hows.map((h) => (
            <option key={h} value={h}>
              {t(`actions.how.${h}`)}
            </option>
          ))}
        </SelectField>
        {how !== "nobody" && (
          <SelectField label={t("tickets.field.group")} value={action.group_id ?? 0} error={faults("group_id")} onChange={(e) => onChange({ ...action, group_id: Number(e.target.value) })}>
            <option value={0}>{t(how === "person" ? "actions.group.keep" : "actions.group.its")}</option>
            {groups.map((g) => (
              <option key={g.id} value={g.id}>
                {g.name}
              </option>
            ))}
          </SelectField>
        )}
      </div>
      {how === "person" && <People label={t("actions.person")} chosen={action.person_id ? [action.person_id] : []} error={faults("person_id")} onChange={([person]) => onChange({ do: "assign", how, ...(person ? { person_id: person } : {}), ...(action.group_id ? { group_id: action.group_id } : {}) })} />}
    </>
  );
}

function WebhookField({ action, onChange, faults, names }: FieldsProps) {
  const hooks = useWebhooks(true);
  const known = hooks.some((h) => h.id === action.webhook_id);
  return (
    <SelectField label={t("actions.do.webhook")} value={action.webhook_id ?? 0} hint={hooks.length === 0 ? t("actions.no_webhooks") : undefined} error={faults("webhook_id")} onChange={(e) => onChange({ do: "webhook", webhook_id: Number(e.target.value) })}>
      {!action.webhook_id && <option value={0}>{t("actions.choose")}</option>}
      {!!action.webhook_id && !known && <option value={action.webhook_id}>{names.webhook(action.webhook_id)}</option>}
      {hooks.map((h) => (
        <option key={h.id} value={h.id}>
          {h.name}
        </option>
      ))}
    </SelectField>
  );
}

/** Agents, found by name or address. */
export function People({ label, chosen, several = false, error, onChange }: { label: string; chosen: number[]; several?: boolean; error?: string; onChange: (chosen: number[]) => void }) {
  return (
    <div className="field">
      <span className="label" aria-hidden="true">
        {label}
      </span>
      <Pick label={label} source="agent" several={several} value={chosen} invalid={!!error} onChange={(value) => onChange(value.map(Number))} />
      {error && (
        <p className="error" data-tone="danger" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

