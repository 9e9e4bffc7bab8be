import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { useEffect, useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { Check, Select, Switch } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { Section } from "@/ui/Page";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { type Key, known, t } from "./i18n";
import "./own.css";

type Settings = Schema<"OwnNotices">;
type Patch = Schema<"OwnNoticesPatch">;
type Quiet = Settings["quiet_hours"];
type Day = (typeof days)[number];

const key = ["me", "notices"];
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const device = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What one wants to hear, by which channel, and when mail comes. Everything acts at once. */
export function OwnNotices() {
  const queries = useQueryClient();
  const list = useQuery({ queryKey: key, queryFn: () => call(client.GET("/me/notice-settings")) });
  const save = useMutation({
    mutationKey: key,
    mutationFn: ({ body }: { body: Patch; shown: Settings }) => call(client.PATCH("/me/notice-settings", { body })),
    onMutate: ({ shown }) => {
      void queries.cancelQueries({ queryKey: key }, { revert: false });
      const before = queries.getQueryData<Settings>(key);
      queries.setQueryData(key, shown);
      return { before };
    },
    // An answer to an earlier change knows nothing of one that is on its way.
    onSuccess: (now) => queries.isMutating({ mutationKey: key }) === 1 && queries.setQueryData(key, now),
    onError: (error, _, kept) => {
      queries.setQueryData(key, kept?.before);
      void queries.invalidateQueries({ queryKey: key });
      toast({ text: explain(error), error: true });
    },
  });
  const own = list.data;
  const put = (body: Patch, shown: Partial<Settings>) => own && save.mutate({ body, shown: { ...(queries.getQueryData<Settings>(key) ?? own), ...shown } });
  return (
    <>
      <Section title={t("app.profile.notices")} lead={t("app.profile.notices_lead")} id="notices">
        {list.isPending && <Skeleton lines={6} height={20} />}
        {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
        {own && <Grid own={own} put={put} />}
      </Section>
      {own && (
        <Section title={t("app.notices.times")} lead={t("app.notices.times_lead", { zone: own.time_zone === "UTC" ? device : own.time_zone })} id="notice-times">
          <Times own={own} put={(body, shown) => put({ ...body, device_time_zone: device }, shown)} />
        </Section>
      )}
    </>
  );
}

type Part = { own: Settings; put: (body: Patch, shown: Partial<Settings>) => void };

function Grid({ own, put }: Part) {
  const locked = own.rows?.some((r) => r.mail.locked || r.in_app.locked);
  const turn = (kind: string, by: "mail" | "in_app", on: boolean) =>
    put({ rows: [{ kind, [by]: on }] }, { rows: (own.rows ?? []).map((r) => (r.kind === kind ? { ...r, [by]: { ...r[by], on } } : r)) });
  return (
    <>
      <table className="notice-grid">
        <thead>
          <tr>
            <th scope="col">{t("app.notices.what")}</th>
            <th scope="col">{t("app.notices.mail")}</th>
            <th scope="col">{t("app.notices.list")}</th>
          </tr>
        </thead>
        <tbody>
          {(own.rows ?? [])
            .filter(({ kind }) => known(`app.notifications.switch.${kind}`))
            .map(({ kind, ...by }) => {
              const what = t(`app.notifications.switch.${kind}` as Key);
              return (
                <tr key={kind}>
                  <th scope="row">{what}</th>
                  {(["mail", "in_app"] as const).map((channel) => {
                    const cell = by[channel];
                    return (
                      <td key={channel}>
                        {cell.locked ? (
                          <span className="notice-locked">
                            <Icon of={Lock} small /> {t(cell.on ? "app.notices.always" : "app.notices.never")}
                          </span>
                        ) : (
                          <Switch label={t(channel === "mail" ? "app.notices.by_mail" : "app.notices.in_list", { what })} checked={cell.on} onChange={(e) => turn(kind, channel, e.target.checked)} />
                        )}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
        </tbody>
      </table>
      {locked && (
        <p className="notice-legend">
          <Icon of={Lock} small /> {t("app.notices.locked")}
        </p>
      )}
    </>
  );
}

function Times({ own, put }: Part) {
  const quiet = own.quiet_hours;
  const set = (wish: Partial<Quiet>) => put({ quiet_hours: wish as NonNullable<Patch["quiet_hours"]> }, { quiet_hours: { ...quiet, ...wish } });
  const chosen = quiet.days ?? [];
  const turn = (day: Day, on: boolean) => set({ days: days.filter((d) => (d === day ? on : chosen.includes(d))) });
  return (
    <div>
      <div className="me-line">
        <span className="grow">
          <span className="strong">{t("app.notices.digest")}</span>
          <span className="meta">{t(`app.notices.digest_hint.${own.digest}` as Key)}</span>
        </span>
        <Select aria-label={t("app.notices.digest")} value={own.digest} onChange={(e) => put({ digest: e.target.value as Settings["digest"] }, { digest: e.target.value as Settings["digest"] })}>
          {(["instant", "hourly", "daily", "off"] as const).map((d) => (
            <option key={d} value={d}>
              {t(`app.notices.digest.${d}`)}
            </option>
          ))}
        </Select>
      </div>
      {own.digest === "daily" && (
        <div className="me-line">
          <span className="grow strong">{t("app.notices.hour")}</span>
          <Select aria-label={t("app.notices.hour")} value={own.digest_hour} onChange={(e) => put({ digest_hour: Number(e.target.value) }, { digest_hour: Number(e.target.value) })}>
            {Array.from({ length: 24 }, (_, hour) => (
              <option key={hour} value={hour}>
                {clock(hour)}
              </option>
            ))}
          </Select>
        </div>
      )}
      <div className="me-line">
        <span className="grow">
          <span className="strong">{t("app.notices.quiet")}</span>
          <span className="meta">{t("app.notices.quiet_hint")}</span>
        </span>
        <Switch label={t("app.notices.quiet")} checked={quiet.on} onChange={(e) => set({ on: e.target.checked })} />
      </div>
      {quiet.on && (
        <div className="notice-quiet">
          <span className="cluster">
            <TimeBox label={t("app.notices.from")} value={quiet.from} onChange={(from) => set({ from })} />
            <TimeBox label={t("app.notices.to")} value={quiet.to} onChange={(to) => set({ to })} />
          </span>
          <fieldset className="notice-days">
            <legend className="label">{t("app.notices.days")}</legend>
            {days.map((day) => (
              <Check key={day} checked={chosen.includes(day)} disabled={chosen.length === 1 && chosen.includes(day)} onChange={(e) => turn(day, e.target.checked)}>
                {weekday(day)}
              </Check>
            ))}
          </fieldset>
        </div>
      )}
    </div>
  );
}

/** A time of day, saved when one has done with it: half of one is none. */
function TimeBox({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const done = () => (text && text !== value ? onChange(text) : setText(value));
  return (
    <label className="notice-time">
      <span className="label">{label}</span>
      <input type="time" className="input" value={text} required onChange={(e) => setText(e.target.value)} onBlur={done} onKeyDown={(e) => e.key === "Enter" && done()} />
    </label>
  );
}

const clock = (hour: number) => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(Date.UTC(2026, 0, 5, hour));
// The fifth of January 2026 was a Monday.
const weekday = (day: Day) => new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2026, 0, 5 + days.indexOf(day)));
