import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useId, useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { useMay } from "@/app/session";
import { IconButton } from "@/ui/Button";
import { Select } from "@/ui/Field";
import { Page, Section } from "@/ui/Page";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toast";
import { faultOf } from "@/ui/FormDialog";
import { type Setting, type Values, refresh, settingList, settings } from "./api";
import { Presets } from "./Presets";
import { choiceName, fits, fromMegabytes, isBytes, sectioned, settingHelp, settingName, sharingSentences, toMegabytes, valueWords } from "./settingWords";
import { Guarded, SearchBox, Unsaved } from "./ui";

/** Every setting of the account, by sections. The controls follow the server's description of each. */
export function Settings() {
  const may = useMay("settings.manage");
  const list = useQuery({ ...settingList, enabled: may });
  const values = useQuery({ ...settings, enabled: may });
  const [text, setText] = useState("");
  const sought = text.trim();
  const error = list.error ?? values.error;
  const shown = sectioned((list.data ?? []).filter((s) => !sought || fits(s, sought)));
  return (
    <Guarded permissions={["settings.manage"]} title={t("app.admin.settings")}>
      <Page title={t("app.admin.settings")} lead={t("admin.settings.lead")}>
        <div className="adm-bar" role="search">
          <SearchBox label={t("admin.settings.find")} value={text} onChange={setText} />
        </div>
        {error ? (
          <Failed error={error} retry={() => void Promise.all([list.refetch(), values.refetch()])} />
        ) : !list.data || !values.data ? (
          <Skeleton lines={10} height={20} />
        ) : shown.length === 0 ? (
          <Empty title={t("admin.nothing_found")} drawing="search">
            {t("admin.settings.none")}
          </Empty>
        ) : (
          // All sections stay in place while one searches, so that nothing unsaved is lost.
          sectioned(list.data).map((s) => (
            <SettingsSection key={s.id} id={s.id} title={s.title} all={s.settings} shown={shown.find((o) => o.id === s.id)?.settings ?? []} saved={values.data} searching={!!sought} />
          ))
        )}
      </Page>
    </Guarded>
  );
}

type SectionProps = { id: string; title: string; all: Setting[]; shown: Setting[]; saved: Values; searching: boolean };

/** One section, which is saved by itself. */
function SettingsSection({ id, title, all, shown, saved, searching }: SectionProps) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Values>({});
  const now = { ...saved, ...draft };
  const set = (key: string, value: unknown) =>
    setDraft((old) => {
      const { [key]: _, ...rest } = old;
      return value === saved[key] ? rest : { ...rest, [key]: value };
    });
  const patch = async (values: Values) => {
    const answer = (await call(client.PATCH("/settings", { body: values as never }))) as Values;
    queries.setQueryData(settings.queryKey, answer);
    await refresh(queries);
  };
  const back = (values: Values) => Object.fromEntries(Object.keys(values).map((key) => [key, saved[key]]));
  const save = useMutation({
    mutationFn: () => patch(draft),
    onSuccess: () => {
      setDraft({});
      toast(t("app.saved"));
    },
  });
  const visible = shown.length > 0 || Object.keys(draft).length > 0;
  return (
    <div hidden={!visible}>
      <Section title={title} id={id}>
        {id === "sharing" && !searching && (
          <>
            <div className="sentence" aria-live="polite">
              {sharingSentences(now).join(" ")}
            </div>
            <Presets
              list={all}
              now={now}
              apply={async (values) => {
                const before = back(values);
                await patch(values);
                setDraft({});
                toast({ text: t("app.saved"), undo: () => patch(before) });
              }}
            />
          </>
        )}
        <div>
          {all.map((s) => (
            <SettingLine
              key={s.key}
              setting={s}
              value={now[s.key]}
              changed={s.key in draft}
              hidden={searching && !shown.includes(s) && !(s.key in draft)}
              error={faultOf(save.error, s.key)}
              onChange={(value) => set(s.key, value)}
            />
          ))}
        </div>
        <Unsaved
          what={title}
          count={Object.keys(draft).length}
          busy={save.isPending}
          error={save.error}
          fields={all.map((s) => s.key)}
          onSave={() => save.mutate()}
          onDiscard={() => {
            setDraft({});
            save.reset();
          }}
        />
      </Section>
    </div>
  );
}

type LineProps = { setting: Setting; value: unknown; changed: boolean; hidden: boolean; error: string; onChange: (value: unknown) => void };

/** One setting: its name and help, the control of its kind, and the way back to the default. */
function SettingLine({ setting, value, changed, hidden, error, onChange }: LineProps) {
  const id = useId();
  const usual = value === setting.default;
  return (
    <div className="adm-setting" hidden={hidden} data-changed={changed || undefined} data-wide={setting.kind === "text" || undefined} data-switch={setting.kind === "boolean" || undefined}>
      <div className="adm-setting-words">
        <label htmlFor={id}>{settingName(setting.key)}</label>
        <p className="meta" id={`${id}-help`}>
          {settingHelp(setting)}
          {!usual && ` ${t("admin.settings.usually", { value: valueWords(setting, setting.default) })}`}
        </p>
        {error && (
          <p className="adm-error" data-tone="danger" id={`${id}-error`} role="alert">
            {error}
          </p>
        )}
      </div>
      <div className="adm-setting-control">
        {!usual && <IconButton icon={Undo2} label={t("admin.settings.reset", { name: settingName(setting.key) })} onClick={() => onChange(setting.default)} />}
        <Control id={id} setting={setting} value={value} invalid={!!error} onChange={onChange} />
      </div>
    </div>
  );
}

/** The control of a setting's kind. */
function Control({ id, setting, value, invalid, onChange }: { id: string; setting: Setting; value: unknown; invalid: boolean; onChange: (value: unknown) => void }) {
  const common = { id, "aria-describedby": `${id}-help${invalid ? ` ${id}-error` : ""}`, ...(invalid ? { "aria-invalid": true as const } : {}) };
  switch (setting.kind) {
    case "boolean":
      return <input {...common} type="checkbox" role="switch" className="switch" checked={value === true} aria-checked={value === true} onChange={(e) => onChange(e.target.checked)} />;
    case "choice":
      return (
        <Select {...common} value={String(value)} onChange={(e) => onChange(e.target.value)}>
          {(setting.choices ?? []).map((c) => (
            <option key={c} value={c}>
              {choiceName(c)}
            </option>
          ))}
        </Select>
      );
    case "integer":
      return isBytes(setting) ? (
        <>
          <NumberInput common={common} step="any" min={toMegabytes(setting.min ?? 0)} max={toMegabytes(setting.max ?? 0)} value={value === "" ? "" : toMegabytes(Number(value))} onChange={(n) => onChange(n === "" ? "" : fromMegabytes(n))} />
          <span className="meta">MB</span>
        </>
      ) : (
        <NumberInput common={common} step="1" min={setting.min} max={setting.max} value={value === "" ? "" : Number(value)} onChange={onChange} />
      );
    default:
      return <input {...common} type="text" className="input mono" data-wide maxLength={1000} value={String(value ?? "")} onChange={(e) => onChange(e.target.value)} />;
  }
}

type NumberProps = { common: Record<string, unknown>; value: number | ""; min?: number | null; max?: number | null; step: string; onChange: (value: number | "") => void };

function NumberInput({ common, value, min, max, step, onChange }: NumberProps) {
  return (
    <input
      {...common}
      type="number"
      inputMode="numeric"
      className="input num"
      step={step}
      {...(min === null || min === undefined ? {} : { min })}
      {...(max === null || max === undefined ? {} : { max })}
      value={value}
      onChange={(e) => onChange(e.target.value === "" ? "" : Number(e.target.value))}
    />
  );
}
