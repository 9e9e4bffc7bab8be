import { useId } from "react";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Check, Select, Switch, TextArea, TextField } from "@/ui/Field";
import { type Flag, type Level, type Terms as TermsOf, counts, effect, endChoices, levelName, levels, localMoment, rank } from "./model";

export type Wish = TermsOf & { end: string; date: string; reason: string; notify: boolean; note: string };

type TermsProps = {
  wish: Wish;
  most: TermsOf;
  onChange: (change: Partial<Wish>) => void;
  /** Some, or all, of the chosen are outside the house. */
  outside: "none" | "some" | "all";
  faults: Partial<Record<"level" | "expires_at" | "reason" | "note" | Flag, string>>;
  /** A note can be written with it. */
  notes?: boolean;
};

const flags: { flag: Flag; label: "sharing.flag.see_internal" | "sharing.flag.reply_public" | "sharing.flag.forward" | "sharing.flag.can_reshare" }[] = [
  { flag: "see_internal", label: "sharing.flag.see_internal" },
  { flag: "reply_public", label: "sharing.flag.reply_public" },
  { flag: "can_reshare", label: "sharing.flag.can_reshare" },
  { flag: "forward", label: "sharing.flag.forward" },
];

/** What those who are let in may do, until when, and what they are told. Only what one may give is offered. */
export function Terms({ wish, most, onChange, outside, faults, notes = false }: TermsProps) {
  const { settings } = useMe();
  const id = useId();
  const offered = flags.filter((f) => most[f.flag] && counts(f.flag, wish.level) && outside !== "all");
  const fault = faults.level ?? faults.see_internal ?? faults.reply_public ?? faults.forward ?? faults.can_reshare;
  return (
    <div className="share-terms">
      <div className="cluster">
        <Select aria-label={t("sharing.level")} value={wish.level} aria-describedby={`${id}-effect`} onChange={(e) => onChange({ level: e.target.value as Level })}>
          {levels
            .filter((l) => rank(l) <= rank(most.level))
            .map((l) => (
              <option key={l} value={l}>
                {levelName(l)}
              </option>
            ))}
        </Select>
        <Select aria-label={t("sharing.end")} value={wish.end} onChange={(e) => onChange({ end: e.target.value })}>
          {endChoices(settings).map((c) => (
            <option key={c.value} value={c.value}>
              {c.label}
            </option>
          ))}
        </Select>
        <label className="option push">
          <Switch label={t("sharing.notify")} checked={wish.notify} onChange={(e) => onChange({ notify: e.target.checked })} />
          <span aria-hidden="true">{t("sharing.notify")}</span>
        </label>
      </div>
      {wish.end === "date" && (
        <TextField
          type="datetime-local"
          label={t("sharing.end.until")}
          value={wish.date}
          min={localMoment(new Date())}
          required
          error={faults.expires_at}
          onChange={(e) => onChange({ date: e.target.value })}
        />
      )}
      {wish.end !== "date" && faults.expires_at && (
        <p className="error share-fault" data-tone="danger" role="alert">
          {faults.expires_at}
        </p>
      )}
      <p className="share-effect" id={`${id}-effect`}>
        {effect(wish, outside === "all").map((key) => t(key)).join(" ")}
        {outside === "some" && ` ${t("sharing.effect.some_outside")}`}
      </p>
      {offered.length > 0 && (
        <div className="cluster share-flags" role="group" aria-label={t("sharing.flags")}>
          {offered.map(({ flag, label }) => (
            <Check key={flag} checked={wish[flag]} onChange={(e) => onChange({ [flag]: e.target.checked })}>
              {t(label)}
            </Check>
          ))}
        </div>
      )}
      {fault && (
        <p className="error share-fault" data-tone="danger" role="alert">
          {fault}
        </p>
      )}
      <TextArea
        label={settings["sharing.require_reason"] === true ? t("sharing.reason") : t("sharing.reason.optional")}
        rows={2}
        maxLength={1000}
        value={wish.reason}
        error={faults.reason}
        onChange={(e) => onChange({ reason: e.target.value })}
      />
      {notes && (
        <TextArea
          label={t("sharing.note")}
          hint={t("sharing.note.hint")}
          rows={2}
          maxLength={10_000}
          value={wish.note}
          error={faults.note}
          onChange={(e) => onChange({ note: e.target.value })}
        />
      )}
    </div>
  );
}
