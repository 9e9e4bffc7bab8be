import { type FormEvent, useState } from "react";
import { ApiError } from "@/api/client";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Button } from "@/ui/Button";
import { SelectField, TextArea } from "@/ui/Field";
import { explain } from "@/ui/states";
import { askAccess } from "./api";
import { type Level, levelName } from "./model";

type AskProps = { number: number; offered: Level[]; onSent: () => void; onCancel?: () => void };

/** Asks to be let in, or further. The answer is the same for every number, so it never tells whether there is such a ticket. */
export function AskForm({ number, offered, onSent, onCancel }: AskProps) {
  const { settings } = useMe();
  const [level, setLevel] = useState<Level>(offered[0] ?? "view");
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ reason?: string; all?: string }>({});
  const send = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setFault({});
    try {
      await askAccess(number, level, reason.trim());
      onSent();
    } catch (error) {
      const about = error instanceof ApiError ? error.about("reason") : "";
      const many = error instanceof ApiError && error.status === 429 && error.retryAfter > 120;
      setFault(about ? { reason: about } : { all: many ? t("sharing.ask.daily") : explain(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="share-ask" onSubmit={(e) => void send(e)}>
      <SelectField label={t("sharing.ask.level")} value={level} onChange={(e) => setLevel(e.target.value as Level)}>
        {offered.map((l) => (
          <option key={l} value={l}>
            {levelName(l)}
          </option>
        ))}
      </SelectField>
      <TextArea
        label={settings["sharing.require_reason"] === true ? t("sharing.ask.reason") : t("sharing.ask.reason_optional")}
        hint={t("sharing.ask.reason_hint")}
        rows={3}
        maxLength={1000}
        value={reason}
        required={settings["sharing.require_reason"] === true}
        error={fault.reason}
        onChange={(e) => setReason(e.target.value)}
      />
      {fault.all && (
        <p className="banner" data-tone="danger" role="alert">
          {fault.all}
        </p>
      )}
      <div className="cluster">
        <Button kind="primary" type="submit" busy={busy}>
          {t("sharing.ask.send")}
        </Button>
        {onCancel && <Button onClick={onCancel}>{t("app.cancel")}</Button>}
      </div>
    </form>
  );
}
