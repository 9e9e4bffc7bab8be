import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CalendarPlus, Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import { type Schema, call, client, once } from "@/api/client";
import { useOnce } from "@/admin/ui";
import { t, tn } from "@/app/i18n";
import { Button, IconButton } from "@/ui/Button";
import { Check, SelectField, TextArea, TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { explain } from "@/ui/states";
import { calendarsKey } from "./lists";
import { type Day, type Hours, dayName, days } from "./weekHours";
import "./desk.css";

type Calendar = Schema<"Calendar">;
type Holiday = Schema<"Holiday">;

const office: Hours[] = days.slice(0, 5).map((day) => ({ day, from: "09:00", to: "17:00" }));

const zones = Intl.supportedValuesOf("timeZone");

/** Makes a calendar or changes one. */
export function CalendarForm({ of, onClose }: { of: Calendar | undefined; onClose: () => void }) {
  const queries = useQueryClient();
  const attempt = useOnce();
  const [name, setName] = useState(of?.name ?? "");
  const [description, setDescription] = useState(of?.description ?? "");
  const [zone, setZone] = useState(of?.time_zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [always, setAlways] = useState(of?.around_the_clock ?? false);
  const [hours, setHours] = useState<Hours[]>(of && !of.around_the_clock ? of.hours : office);
  const [holidays, setHolidays] = useState<Holiday[]>(of?.holidays ?? []);
  const save = async () => {
    const body = { name, description, time_zone: zone, ...(always ? { around_the_clock: true } : { around_the_clock: false, hours }), holidays: holidays.filter((h) => h.from || h.name) };
    await (of
      ? call(client.PATCH("/calendars/{id}", { params: { path: { id: of.id } }, body: { ...body, version: of.version } }))
      : call(client.POST("/calendars", { headers: attempt(body), body })));
    void queries.invalidateQueries({ queryKey: calendarsKey });
  };
  return (
    <FormDialog title={of ? t("desk.hours.edit") : t("desk.hours.new")} width={680} onClose={onClose} onSave={save} fields={["name", "description", "time_zone", "hours", "holidays"]}>
      {(about) => (
        <>
          <TextField label={t("desk.name")} value={name} required maxLength={100} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <TextArea label={t("desk.hours.description")} value={description} rows={2} maxLength={500} error={about("description")} onChange={(e) => setDescription(e.target.value)} />
          <SelectField label={t("desk.hours.zone")} value={zone} error={about("time_zone")} onChange={(e) => setZone(e.target.value)}>
            {!zones.includes(zone) && <option>{zone}</option>}
            {zones.map((z) => (
              <option key={z}>{z}</option>
            ))}
          </SelectField>
          <fieldset className="desk-set">
            <legend>{t("desk.hours.hours")}</legend>
            <Check checked={always} onChange={(e) => setAlways(e.target.checked)}>
              {t("desk.hours.always")}
            </Check>
            {!always && <Week hours={hours} onChange={setHours} />}
            <Wrong text={about("hours")} />
          </fieldset>
          <Holidays list={holidays} onChange={setHolidays} error={about("holidays")} />
        </>
      )}
    </FormDialog>
  );
}

const Wrong = ({ text }: { text: string }) =>
  text ? (
    <p className="banner" data-tone="danger" role="alert">
      {text}
    </p>
  ) : null;

/** The days of the week, each with any number of parts. The end of a day is written as 24:00, which a time field shows as 00:00. */
function Week({ hours, onChange }: { hours: Hours[]; onChange: (hours: Hours[]) => void }) {
  const put = (day: Day, parts: Hours[]) => onChange(days.flatMap((d) => (d === day ? parts : hours.filter((h) => h.day === d))));
  return (
    <div className="hours-week">
      {days.map((day) => {
        const parts = hours.filter((h) => h.day === day);
        const set = (i: number, change: Partial<Hours>) => put(day, parts.map((h, at) => (at === i ? { ...h, ...change } : h)));
        const after = parts.at(-1)?.to ?? "09:00";
        return (
          <div key={day} className="hours-day" role="group" aria-label={dayName(day)}>
            <Check checked={parts.length > 0} onChange={(e) => put(day, e.target.checked ? [{ day, from: "09:00", to: "17:00" }] : [])}>
              {dayName(day)}
            </Check>
            <div className="hours-parts">
              {parts.length === 0 && <span className="meta">{t("desk.hours.closed")}</span>}
              {parts.map((h, i) => (
                // oxlint-disable-next-line react/no-array-index-key -- parts have no other name
                <span key={i} className="hours-part">
                  <input type="time" className="input" required aria-label={t("desk.hours.from", { day: dayName(day) })} value={h.from} onChange={(e) => set(i, { from: e.target.value })} />
                  <span aria-hidden="true">–</span>
                  <input
                    type="time"
                    className="input"
                    required
                    aria-label={t("desk.hours.to", { day: dayName(day) })}
                    value={h.to === "24:00" ? "00:00" : h.to}
                    onChange={(e) => set(i, { to: e.target.value === "00:00" ? "24:00" : e.target.value })}
                  />
                  {parts.length > 1 && <IconButton icon={X} label={t("desk.hours.remove_part", { day: dayName(day) })} onClick={() => put(day, parts.filter((_, at) => at !== i))} />}
                </span>
              ))}
              {parts.length > 0 && parts.length < 8 && after < "23:00" && (
                <IconButton icon={Plus} label={t("desk.hours.add_part", { day: dayName(day) })} onClick={() => put(day, [...parts, { day, from: plus(after, 30), to: plus(after, 90) }])} />
              )}
            </div>
          </div>
        );
      })}
    </div>
  );
}

function plus(time: string, minutes: number): string {
  const [h = 0, m = 0] = time.split(":").map(Number);
  const at = Math.min(h * 60 + m + minutes, 24 * 60);
  return `${String(Math.trunc(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
}

const same = (a: Holiday, b: Holiday) => a.from === b.from && (a.to || a.from) === (b.to || b.from);

/** Days on which nobody works, typed or read from a calendar file. What a file holds is shown before it is taken. */
function Holidays({ list, onChange, error }: { list: Holiday[]; onChange: (list: Holiday[]) => void; error: string }) {
  const input = useRef<HTMLInputElement>(null);
  const read = useMutation({ mutationFn: async (file: File) => call(client.POST("/calendars/read-holidays", { headers: once(), body: { ics: await file.text() } })) });
  const set = (i: number, change: Partial<Holiday>) => onChange(list.map((h, at) => (at === i ? { ...h, ...change } : h)));
  const fresh = read.data?.holidays.filter((h) => !list.some((o) => same(o, h))) ?? [];
  const known = (read.data?.holidays.length ?? 0) - fresh.length;
  return (
    <fieldset className="desk-set">
      <legend>{t("desk.hours.holidays")}</legend>
      {list.map((h, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows have no other name
        <div key={i} className="hours-holiday" role="group" aria-label={h.name || t("desk.hours.holiday")}>
          <input type="date" className="input" required aria-label={t("desk.hours.first_day")} value={h.from} onChange={(e) => set(i, { from: e.target.value, ...(!h.to || h.to < e.target.value ? { to: e.target.value } : {}) })} />
          <input type="date" className="input" aria-label={t("desk.hours.last_day")} value={h.to ?? ""} min={h.from} onChange={(e) => set(i, { to: e.target.value })} />
          <input className="input" required maxLength={100} aria-label={t("desk.hours.holiday_name")} placeholder={t("desk.hours.holiday_name")} value={h.name} onChange={(e) => set(i, { name: e.target.value })} />
          <IconButton icon={X} label={t("app.remove", { name: h.name || t("desk.hours.holiday") })} onClick={() => onChange(list.filter((_, at) => at !== i))} />
        </div>
      ))}
      <div className="cluster">
        <Button size="sm" kind="quiet" icon={Plus} onClick={() => onChange([...list, { from: "", to: "", name: "" }])}>
          {t("desk.hours.add_holiday")}
        </Button>
        <Button size="sm" kind="quiet" icon={CalendarPlus} busy={read.isPending} onClick={() => input.current?.click()}>
          {t("desk.hours.import")}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".ics,text/calendar"
          hidden
          onChange={(e) => {
            const file = e.target.files?.[0];
            if (file) read.mutate(file);
            e.target.value = "";
          }}
        />
      </div>
      {read.error && <Wrong text={explain(read.error)} />}
      {read.data && (
        <div className="hours-found" role="status">
          <p>
            <b>{tn("desk.hours.found", fresh.length)}</b>{" "}
            <span className="meta">{[known > 0 && tn("desk.hours.known", known), read.data.left_out > 0 && tn("desk.hours.left_out", read.data.left_out)].filter(Boolean).join(" · ")}</span>
          </p>
          {fresh.length > 0 && (
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
            <div className="hours-list" role="group" aria-label={t("desk.hours.import")} tabIndex={0}>
              <ul>
                {fresh.map((h) => (
                  <li key={`${h.from} ${h.name}`}>
                    <span className="num">{h.to && h.to !== h.from ? `${h.from} – ${h.to}` : h.from}</span> {h.name}
                  </li>
                ))}
              </ul>
            </div>
          )}
          <span className="cluster">
            {fresh.length > 0 && (
              <Button
                size="sm"
                onClick={() => {
                  onChange([...list, ...fresh].toSorted((a, b) => (a.from < b.from ? -1 : 1)));
                  read.reset();
                }}
              >
                {tn("desk.hours.take", fresh.length)}
              </Button>
            )}
            <Button size="sm" kind="quiet" onClick={() => read.reset()}>
              {t("app.cancel")}
            </Button>
          </span>
        </div>
      )}
      <Wrong text={error} />
    </fieldset>
  );
}
