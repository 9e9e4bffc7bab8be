import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { useOnce } from "@/admin/ui";
import { type Key, t } from "@/app/i18n";
import { Check, Select, SelectField, TextArea, TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { Condition } from "./Condition";
import { calendarList } from "./lists";
import { type Unit, fromMinutes, inMinutes, units } from "./slaTimes";
import "./desk.css";

export type Policy = Schema<"SlaPolicy">;
type Targets = Policy["targets"];
type Status = NonNullable<Schema<"NewSLAPolicy">["pause"]>[number];

export const policiesKey = ["desk", "sla"];

const priorities = ["urgent", "high", "normal", "low"] as const;
const clocks = ["first_reply", "next_reply", "resolution"] as const;
const pauses = ["new", "open", "pending", "on_hold"] as const;

const clockName = (kind: string) => t(`tickets.sla.${kind}` as Key);
const priorityName = (p: string) => t(`tickets.priority.${p}` as Key);
const lasting = (minutes: number) => (minutes % 60 === 0 ? `${minutes / 60} ${t("desk.sla.unit.hour")}` : `${minutes} ${t("desk.sla.unit.minute")}`);

/** What is promised, a line for each clock: "First reply: Urgent 1 h, High 4 h". */
export const inTargets = (targets: Targets) =>
  clocks.flatMap((kind) => {
    const parts = priorities.flatMap((p) => (targets[p]?.[kind] ? [`${priorityName(p)} ${lasting(targets[p]?.[kind] ?? 0)}`] : []));
    return parts.length ? [`${clockName(kind)}: ${parts.join(", ")}`] : [];
  });

/** Makes a policy or changes one. */
export function SLAForm({ of, onClose }: { of: Policy | undefined; onClose: () => void }) {
  const queries = useQueryClient();
  const attempt = useOnce();
  const calendars = useQuery(calendarList).data?.items ?? [];
  const [name, setName] = useState(of?.name ?? "");
  const [description, setDescription] = useState(of?.description ?? "");
  const [condition, setCondition] = useState<unknown>(of?.condition ?? null);
  const [calendar, setCalendar] = useState<number | null>(of?.calendar ?? null);
  const [targets, setTargets] = useState<Targets>(of?.targets ?? {});
  const [pause, setPause] = useState<Status[]>(of?.pause ?? ["pending", "on_hold"]);
  const save = async () => {
    const body = { name, description, condition: condition as Schema<"NewSLAPolicy">["condition"], calendar, targets, pause };
    await (of
      ? call(client.PATCH("/sla-policies/{id}", { params: { path: { id: of.id } }, body: { ...body, version: of.version } }))
      : call(client.POST("/sla-policies", { headers: attempt(body), body })));
    void queries.invalidateQueries({ queryKey: policiesKey });
  };
  const usual = calendars.find((c) => c.default)?.name;
  return (
    <FormDialog title={of ? t("desk.sla.edit") : t("desk.sla.new")} width={720} onClose={onClose} onSave={save} fields={["name", "description", "condition", "calendar", "targets", "pause"]}>
      {(about) => (
        <>
          <TextField label={t("desk.name")} value={name} required maxLength={100} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <TextArea label={t("desk.hours.description")} value={description} rows={2} maxLength={500} error={about("description")} onChange={(e) => setDescription(e.target.value)} />
          <fieldset className="desk-set">
            <legend>{t("desk.webhooks.condition")}</legend>
            <Condition value={condition} onChange={setCondition} error={about("condition")} />
          </fieldset>
          <fieldset className="desk-set">
            <legend>{t("desk.sla.targets")}</legend>
            <p className="meta">{t("desk.sla.targets_hint")}</p>
            <div className="sla-targets">
              {priorities.map((p) => (
                <div key={p} className="sla-priority" role="group" aria-label={priorityName(p)}>
                  <span className="group-label">{priorityName(p)}</span>
                  {clocks.map((kind) => (
                    <Target
                      key={kind}
                      label={clockName(kind)}
                      minutes={targets[p]?.[kind] ?? 0}
                      onChange={(minutes) => setTargets((now) => ({ ...now, [p]: { ...now[p], [kind]: minutes } }))}
                    />
                  ))}
                </div>
              ))}
            </div>
            {about("targets") && (
              <p className="banner" data-tone="danger" role="alert">
                {about("targets")}
              </p>
            )}
          </fieldset>
          <SelectField label={t("desk.sla.calendar")} hint={t("desk.sla.calendar_hint")} value={calendar ?? ""} error={about("calendar")} onChange={(e) => setCalendar(Number(e.target.value) || null)}>
            <option value="">{usual ? t("desk.sla.usual", { name: usual }) : t("desk.hours.always")}</option>
            {calendars.map((c) => (
              <option key={c.id} value={c.id}>
                {c.name}
              </option>
            ))}
          </SelectField>
          <fieldset className="desk-set">
            <legend>{t("desk.sla.pause")}</legend>
            <div className="desk-options">
              {pauses.map((s) => (
                <Check key={s} checked={pause.includes(s)} onChange={(e) => setPause(e.target.checked ? [...pause, s] : pause.filter((x) => x !== s))}>
                  {t(`desk.status.${s}` as Key)}
                </Check>
              ))}
            </div>
            {about("pause") && <p className="meta">{about("pause")}</p>}
          </fieldset>
        </>
      )}
    </FormDialog>
  );
}

/** One target: a number and what it counts. Empty promises nothing. */
function Target({ label, minutes, onChange }: { label: string; minutes: number; onChange: (minutes: number) => void }) {
  const [unit, setUnit] = useState<Unit>(() => fromMinutes(minutes).unit);
  const [text, setText] = useState(() => (minutes ? String(fromMinutes(minutes).n) : ""));
  const put = (next: string, of: Unit) => {
    setText(next);
    setUnit(of);
    onChange(inMinutes(Number(next) || 0, of));
  };
  return (
    <span className="sla-target">
      <span className="meta">{label}</span>
      <input type="number" className="input" inputMode="numeric" min={0} max={527_040} step={1} aria-label={label} placeholder="–" value={text} onChange={(e) => put(e.target.value, unit)} />
      <Select quiet aria-label={t("desk.sla.unit", { name: label })} value={unit} onChange={(e) => put(text, e.target.value as Unit)}>
        {units.map((u) => (
          <option key={u} value={u}>
            {t(`desk.sla.unit.${u}` as Key)}
          </option>
        ))}
      </Select>
    </span>
  );
}
