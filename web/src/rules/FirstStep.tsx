import { Plus, X } from "lucide-react";
import { ApiError } from "@/api/client";
import { t } from "@/app/i18n";
import { Condition } from "@/desk/Condition";
import { useBrands } from "@/desk/lists";
import { Button, IconButton } from "@/ui/Button";
import { Check, Select, SelectField, TextArea, TextField } from "@/ui/Field";
import { faultOf } from "@/ui/FormDialog";
import { choiceName } from "@/tickets/filterWords";
import { statusName } from "@/tickets/Status";
import type { Choices } from "./api";
import { type Draft, type Hours, type RuleEvent, changesCount, hasPerformer, performers } from "./model";
import { eventName } from "./sentence";
import type { Names } from "./words";

type Props = { draft: Draft; set: (change: Partial<Draft>) => void; choices: Choices; names: Names; error: unknown };

/** conditionFault gives what the server said about the condition, with the place where it did not write it itself. */
function conditionFault(error: unknown): string {
  if (!(error instanceof ApiError)) return "";
  const found = error.faults.find((f) => /^(body\.)?condition/.test(f.location));
  const place = /condition\.((?:all|any)\[.*)$/.exec(found?.location ?? "")?.[1];
  return !found ? "" : place && !found.message.startsWith("At ") ? `At ${place}: ${found.message}` : found.message;
}

/** The first step: what the rule is called, and when it applies. */
export function FirstStep({ draft, set, choices, names, error }: Props) {
  const brands = useBrands();
  const calendars = choices.calendars ?? [];
  const about = (field: string) => faultOf(error, field);
  const offered = [...new Set<Hours>([...(choices.hours as Hours[]), draft.hours])];
  // A ticket that is new, or that time passes for, has not just changed.
  const fields = changesCount(draft.kind) ? choices.fields : choices.fields.map((f) => ({ ...f, operators: f.operators.filter((op) => !op.includes("changed")) }));
  return (
    <>
      <section className="rule-part" aria-label={t("rules.about")}>
        <TextField label={t("desk.name")} value={draft.name} required maxLength={200} error={about("name")} onChange={(e) => set({ name: e.target.value })} />
        <TextArea label={t("rules.description")} rows={2} value={draft.description} maxLength={2000} error={about("description")} onChange={(e) => set({ description: e.target.value })} />
      </section>
      <section className="rule-part" aria-label={t("rules.when")}>
        <h2>{t("rules.when")}</h2>
        <p className="meta">{t(`rules.when.${draft.kind}`)}</p>
        <div className="desk-pair">
          {brands.length > 1 && (
            <SelectField label={t("rules.brand")} value={draft.brand_id} error={about("brand_id")} onChange={(e) => set({ brand_id: Number(e.target.value) })}>
              <option value={0}>{t("rules.brand.any")}</option>
              {brands.map((b) => (
                <option key={b.id} value={b.id}>
                  {b.name}
                </option>
              ))}
            </SelectField>
          )}
          {offered.length > 1 && (
            <SelectField label={t("rules.hours")} value={draft.hours} error={about("hours")} onChange={(e) => set({ hours: e.target.value as Hours, ...(e.target.value === "any" ? { calendar_id: 0 } : {}) })}>
              {offered.map((h) => (
                <option key={h} value={h}>
                  {t(`rules.hours.${h}`)}
                </option>
              ))}
            </SelectField>
          )}
          {draft.hours !== "any" && calendars.length > 0 && (
            <SelectField label={t("rules.calendar")} value={draft.calendar_id} error={about("calendar_id")} onChange={(e) => set({ calendar_id: Number(e.target.value) })}>
              <option value={0}>{t("rules.calendar.default")}</option>
              {calendars.map((c) => (
                <option key={c.id} value={c.id}>
                  {c.name}
                </option>
              ))}
            </SelectField>
          )}
        </div>
        {draft.hours !== "any" && calendars.length === 0 && <p className="meta">{t("rules.calendar.none")}</p>}
        {hasPerformer(draft.kind) && (
          <fieldset className="desk-set">
            <legend>{t("rules.performers")}</legend>
            <div className="rule-checks">
              {performers.map((p) => (
                <Check key={p} checked={draft.performers.includes(p)} onChange={(e) => set({ performers: performers.filter((x) => (x === p ? e.target.checked : draft.performers.includes(x))) })}>
                  {t(`rules.performer.${p}`)}
                </Check>
              ))}
            </div>
            <p className="meta">{t("rules.performers_hint")}</p>
            <Wrong text={about("performers")} />
          </fieldset>
        )}
        {draft.kind === "update" && <Events draft={draft} set={set} choices={choices} names={names} error={error} />}
      </section>
      <section className="rule-part" aria-label={t("rules.if")}>
        <h2>{t("rules.if")}</h2>
        <p className="meta">{t("rules.if_lead")}</p>
        <Condition value={draft.condition} onChange={(condition) => set({ condition: condition ?? { all: [] } })} error={conditionFault(error)} fields={fields} />
      </section>
    </>
  );
}

const Wrong = ({ text }: { text: string }) =>
  text ? (
    <p className="error" data-tone="danger" role="alert">
      {text}
    </p>
  ) : null;

/** What an update rule waits for; any update where there are none. */
function Events({ draft, set, choices, names, error }: Props) {
  const kinds = choices.events.map((e) => e.event);
  const nameOf = (event: string) => (event.startsWith("field:") ? (choices.events.find((e) => e.event === event)?.name ?? event) : "");
  const change = (at: number, next: RuleEvent | undefined) => set({ events: draft.events.flatMap((e, i) => (i === at ? (next ?? []) : [e])) });
  return (
    <fieldset className="desk-set">
      <legend>{t("rules.events")}</legend>
      <p className="meta">{draft.events.length > 0 ? t("rules.events_any") : t("rules.events_none")}</p>
      {draft.events.map((e, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- an event is its place
        <div key={i} className="filter-row" role="group" aria-label={t("rules.event_n", { n: i + 1 })}>
          <div className="cond">
            <Select aria-label={t("rules.event")} value={e.event} onChange={(v) => change(i, { event: v.target.value })}>
              {!kinds.includes(e.event) && <option value={e.event}>{t("tickets.filter.unknown")}</option>}
              {kinds.map((k) => (
                <option key={k} value={k}>
                  {eventName(k, choices.fields, nameOf(k))}
                </option>
              ))}
            </Select>
            {choices.events.some((k) => k.event === e.event && k.values) && <EventValues event={e} names={names} onChange={(next) => change(i, next)} />}
            <IconButton icon={X} label={t("rules.event_remove", { n: i + 1 })} onClick={() => change(i, undefined)} />
          </div>
          <Wrong text={faultOf(error, `events[${i}]`)} />
        </div>
      ))}
      <p>
        <Button size="sm" kind="quiet" icon={Plus} reason={draft.events.length >= 20 ? t("rules.events_full") : undefined} onClick={() => set({ events: [...draft.events, { event: kinds[0] ?? "reply" }] })}>
          {t("rules.event_add")}
        </Button>
      </p>
    </fieldset>
  );
}

// No value of a property is this.
const any = "*";

/** withSide puts a value before or after into an event; any leaves it out. */
function withSide(event: RuleEvent, side: "from" | "to", value: string): RuleEvent {
  const { [side]: _, ...rest } = event;
  return value === any ? rest : { ...rest, [side]: value };
}

/** From and to, for a property with a list of values. */
function EventValues({ event, names, onChange }: { event: RuleEvent; names: Names; onChange: (next: RuleEvent) => void }) {
  const field = names.fields.find((f) => f.key === event.event);
  const offered = field?.choices ?? [];
  if (!field || (offered.length === 0 && field.type !== "boolean")) return null;
  const values = field.type === "boolean" ? [{ value: "true", name: t("app.yes") }, { value: "false", name: t("app.no") }] : offered.map((c) => ({ value: String(c.value), name: field.key === "status" ? statusName(String(c.value)) : choiceName(field, c) }));
  const clears = field.operators.includes("empty");
  const pick = (side: "from" | "to") => (
    <label className="rule-side">
      <span className="meta">{t(`rules.event.${side}`)}</span>
      <Select aria-label={t(`rules.event.${side}`)} value={event[side] ?? any} onChange={(e) => onChange(withSide(event, side, e.target.value))}>
        <option value={any}>{t("rules.event.any")}</option>
        {clears && <option value="">{t("rules.event.nothing")}</option>}
        {values.map((v) => (
          <option key={v.value} value={v.value}>
            {v.name}
          </option>
        ))}
      </Select>
    </label>
  );
  return (
    <>
      {pick("from")}
      {pick("to")}
    </>
  );
}
