import { useId } from "react";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { type Flag, type Level, type Terms, counts, effect, levelName, levels } from "@/sharing/model";
import { Check, SelectField, TextField } from "@/ui/Field";
import type { FieldsProps } from "./ActionFields";
import { Hours } from "./Hours";
import { Targets } from "./Targets";

const flags: { flag: Flag; label: "sharing.flag.see_internal" | "sharing.flag.reply_public" | "sharing.flag.forward" | "sharing.flag.can_reshare" }[] = [
  { flag: "see_internal", label: "sharing.flag.see_internal" },
  { flag: "reply_public", label: "sharing.flag.reply_public" },
  { flag: "can_reshare", label: "sharing.flag.can_reshare" },
  { flag: "forward", label: "sharing.flag.forward" },
];

/** Sharing, as the share dialog has it: with whom, what they may do, until when, and what they are told. */
export function ShareFields({ action, onChange, names, faults }: FieldsProps) {
  const { settings } = useMe();
  const id = useId();
  const set = (change: Partial<typeof action>) => onChange({ ...action, ...change });
  const level: Level = action.level ?? "edit";
  const outside = (action.targets ?? []).filter((x) => x.kind === "requester").length;
  const all = outside > 0 && outside === action.targets?.length;
  const terms: Terms = { level, see_internal: action.see_internal ?? true, reply_public: action.reply_public ?? true, forward: action.forward ?? false, can_reshare: action.can_reshare ?? false };
  const offered = flags.filter((f) => counts(f.flag, level) && !all && (f.flag !== "forward" || settings["sharing.forward_on_shared"] === true));
  const wrong = flags.map((f) => faults(f.flag)).find(Boolean);
  return (
    <>
      <Targets targets={action.targets ?? []} names={names} faults={faults} onChange={(targets) => set({ targets })} />
      <div className="desk-pair">
        <SelectField
          label={t("sharing.level")}
          value={level}
          error={faults("level")}
          onChange={(e) => set({ level: e.target.value as Level, ...(e.target.value === "edit" ? {} : { can_reshare: false, forward: false }) })}
        >
          {levels.map((l) => (
            <option key={l} value={l}>
              {levelName(l)}
            </option>
          ))}
        </SelectField>
        <Hours label={t("sharing.end")} value={action.expires_in_hours ?? 0} error={faults("expires_in_hours")} onChange={(expires_in_hours) => set({ expires_in_hours })} />
      </div>
      <p className="action-effect" id={id}>
        {effect(terms, all).map((key) => t(key)).join(" ")}
        {outside > 0 && !all && ` ${t("sharing.effect.some_outside")}`}
      </p>
      <div className="action-checks" role="group" aria-label={t("sharing.flags")} aria-describedby={id}>
        {offered.map(({ flag, label }) => (
          <Check key={flag} checked={terms[flag]} onChange={(e) => set({ [flag]: e.target.checked })}>
            {t(label)}
          </Check>
        ))}
        <Check checked={action.notify ?? true} onChange={(e) => set({ notify: e.target.checked })}>
          {t("sharing.notify")}
        </Check>
      </div>
      {wrong && (
        <p className="error" data-tone="danger" role="alert">
          {wrong}
        </p>
      )}
      <TextField label={settings["sharing.require_reason"] === true ? t("sharing.reason") : t("sharing.reason.optional")} value={action.reason ?? ""} maxLength={1000} error={faults("reason")} onChange={(e) => set({ reason: e.target.value })} />
    </>
  );
}
