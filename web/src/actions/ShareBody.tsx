import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import type { ShareTemplate } from "@/sharing/api";
import { counts, levelName, levels } from "@/sharing/model";
import type { Field as TicketField } from "@/tickets/api";
import { Check, Select, SelectField, TextArea, TextField } from "@/ui/Field";
import { Targets } from "./Targets";
import { type Action, type Level, without } from "./model";
import { hoursName, useTemplates } from "./names";

type Props = { action: Action; fields: readonly TicketField[]; onChange: (action: Action) => void };

const spans = [24, 168, 720];

/** Span chooses after how many hours something ends; undefined is the desk's own end. */
export function Span({ value, label, own, most, onChange }: { value: number | undefined; label: string; own: boolean; most: number; onChange: (hours: number | undefined) => void }) {
  const offered = spans.filter((h) => most === 0 || h <= most * 24);
  const other = value !== undefined && value !== 0 && !offered.includes(value);
  return (
    <Select aria-label={label} value={value ?? ""} onChange={(e) => onChange(e.target.value === "" ? undefined : Number(e.target.value))}>
      {own && <option value="">{t("actions.end.usual")}</option>}
      {!own && most === 0 && <option value={0}>{t("actions.end.never")}</option>}
      {offered.map((h) => (
        <option key={h} value={h}>
          {t("actions.end.after", { span: hoursName(h) })}
        </option>
      ))}
      {other && <option value={value}>{t("actions.end.after", { span: hoursName(value) })}</option>}
    </Select>
  );
}

const flags = ["see_internal", "reply_public", "can_reshare", "forward"] as const;

/** Shares: by a template, or with whom, at which terms, until when, and why. */
export function ShareTerms({ action: a, fields, onChange }: Props) {
  const templates = useTemplates();
  const one = templates.find((x) => x.id === a.template_id);
  const notify = a.notify === false ? { notify: false } : {};
  const take = (id: number) => onChange(id ? { do: "share", template_id: id, ...notify } : { do: "share", targets: [], ...notify });
  if (templates.length === 0 && !a.template_id) return <NamedTerms action={a} fields={fields} onChange={onChange} />;
  return (
    <>
      <SelectField label={t("actions.template")} bare value={a.template_id ?? 0} onChange={(e) => take(Number(e.target.value))}>
        <option value={0}>{t("actions.template.none")}</option>
        {a.template_id && !one && <option value={a.template_id}>{t("tickets.filter.unknown")}</option>}
        {templates.map((x) => (
          <option key={x.id} value={x.id}>
            {t("actions.template.by", { name: x.name })}
          </option>
        ))}
      </SelectField>
      {a.template_id ? (
        <>
          {one && <TemplateFacts of={one} />}
          <Notify action={a} onChange={onChange} />
        </>
      ) : (
        <NamedTerms action={a} fields={fields} onChange={onChange} />
      )}
    </>
  );
}

/** What a template shares, as it is now: whoever changes the template changes what the action does. */
function TemplateFacts({ of: x }: { of: ShareTemplate }) {
  const facts: [string, string][] = [
    [t("actions.template.with"), x.targets.map((y) => y.name).join(", ")],
    [t("actions.template.terms"), [x.level ? levelName(x.level) : t("actions.template.usual"), x.expiry_hours ? t("actions.end.after", { span: hoursName(x.expiry_hours) }) : ""].filter(Boolean).join(", ")],
    [t("actions.template.reason"), x.reason],
    [t("actions.template.note"), x.note],
  ];
  return (
    <dl className="action-facts">
      {facts
        .filter(([, text]) => text)
        .map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
    </dl>
  );
}

function Notify({ action: a, onChange }: Omit<Props, "fields">) {
  return (
    <Check checked={a.notify ?? true} onChange={(e) => onChange(e.target.checked ? without(a, "notify") : { ...a, notify: false })}>
      {t("sharing.notify")}
    </Check>
  );
}

function NamedTerms({ action: a, fields, onChange }: Props) {
  const { settings } = useMe();
  const most = Number(settings["sharing.max_expiry_days"] ?? 0);
  const usual = (settings["sharing.default_level"] as Level | undefined) ?? "edit";
  const level = a.level ?? usual;
  const outside = (a.targets ?? []).length > 0 && (a.targets ?? []).every((x) => x.kind === "requester");
  const offered = flags.filter((f) => !outside && counts(f, level) && (f !== "forward" || settings["sharing.forward_on_shared"] === true));
  // What nobody has said is as the desk has it: notes and replies yes, sharing on as the setting says.
  const on = (f: (typeof flags)[number]) => a[f] ?? (f === "can_reshare" ? settings["sharing.recipients_can_reshare"] === true : true);
  return (
    <>
      <Targets targets={a.targets ?? []} fields={fields} onChange={(targets) => onChange({ ...a, targets })} />
      <div className="cluster">
        <Select aria-label={t("sharing.level")} value={a.level ?? ""} onChange={(e) => onChange(e.target.value ? { ...a, level: e.target.value as Level } : without(a, "level"))}>
          <option value="">{t("actions.level.usual", { level: levelName(usual) })}</option>
          {levels.map((l) => (
            <option key={l} value={l}>
              {levelName(l)}
            </option>
          ))}
        </Select>
        <Span
          own
          label={t("sharing.end")}
          value={a.expires_in_hours}
          most={most}
          onChange={(hours) => onChange(hours === undefined ? without(a, "expires_in_hours") : { ...a, expires_in_hours: hours })}
        />
        <Notify action={a} onChange={onChange} />
      </div>
      {offered.length > 0 && (
        <div className="action-found" role="group" aria-label={t("sharing.flags")}>
          {offered.map((f) => (
            <Check key={f} checked={on(f)} onChange={(e) => onChange({ ...a, [f]: e.target.checked })}>
              {t(`sharing.flag.${f}`)}
            </Check>
          ))}
        </div>
      )}
      <TextArea
        label={settings["sharing.require_reason"] === true ? t("sharing.reason") : t("sharing.reason.optional")}
        rows={2}
        maxLength={1000}
        value={a.reason ?? ""}
        onChange={(e) => onChange(e.target.value ? { ...a, reason: e.target.value } : without(a, "reason"))}
      />
    </>
  );
}

/** What is done to shares that stand: whose, and their new level or end. */
export function StandingTerms({ action: a, fields, onChange }: Props) {
  const most = Number(useMe().settings["sharing.max_expiry_days"] ?? 0);
  return (
    <>
      <Targets ending label={t("actions.whose_share")} targets={a.targets ?? []} fields={fields} onChange={(targets) => onChange({ ...a, targets })} />
      {a.do === "set_level" && (
        <Select aria-label={t("sharing.level")} value={a.level} onChange={(e) => onChange({ ...a, level: e.target.value as Level })}>
          {levels.map((l) => (
            <option key={l} value={l}>
              {levelName(l)}
            </option>
          ))}
        </Select>
      )}
      {a.do === "set_expiry" && <Span own={false} label={t("sharing.end")} value={a.expires_in_hours} most={most} onChange={(hours) => onChange({ ...a, expires_in_hours: hours ?? 0 })} />}
    </>
  );
}

/** A public link that is made. */
export function LinkTerms({ action: a, onChange }: Omit<Props, "fields">) {
  const most = Number(useMe().settings["links.max_days"] ?? 0);
  return (
    <>
      <div className="cluster">
        <Select aria-label={t("sharing.level")} value={a.level ?? "view"} onChange={(e) => onChange({ ...a, level: e.target.value as Level })}>
          {(["view", "comment"] as const).map((l) => (
            <option key={l} value={l}>
              {levelName(l)}
            </option>
          ))}
        </Select>
        <Span own={false} label={t("sharing.end")} value={a.expires_in_hours} most={most} onChange={(hours) => onChange({ ...a, expires_in_hours: hours ?? 0 })} />
      </div>
      <TextField label={t("actions.link_label")} value={a.label ?? ""} maxLength={100} onChange={(e) => onChange(e.target.value ? { ...a, label: e.target.value } : without(a, "label"))} />
    </>
  );
}
