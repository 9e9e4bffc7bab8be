import { useRef, useState } from "react";
import { t } from "@/app/i18n";
import { exact } from "@/app/time";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Check, Field } from "@/ui/Field";
import { explain } from "@/ui/states";
import { Editor, type EditorHandle } from "./Editor";
import { FileChips } from "./FileChips";
import { type Later, type When, change, fromInput, presets, toInput, zoneName } from "./later";
import { useUploads } from "./useUploads";

type Props = {
  onClose: () => void;
  /** Schedules what the composer holds. It throws what refuses it. */
  onGo?: (when: When) => Promise<unknown>;
  /** One that is scheduled already is changed, its text among it. */
  of?: Later;
};

/** When a message is sent: one of a few usual moments, or any, in the writer's time zone. */
export function LaterDialog({ onClose, onGo, of }: Props) {
  const zone = (of?.state === "waiting" && of.time_zone) || zoneName();
  const now = useRef(new Date()).current;
  const [text, setText] = useState(() => toInput(of && Date.parse(of.send_at) > now.getTime() ? new Date(of.send_at) : (presets(now, zone)[0]?.at ?? now), zone));
  const [hold, setHold] = useState(of?.hold ?? true);
  const [html, setHtml] = useState(of?.html || undefined);
  const [plain, setPlain] = useState(of?.text ?? "");
  const [files, setFiles] = useState(of?.attachments ?? []);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const [tools, setTools] = useState<HTMLElement | null>(null);
  const editor = useRef<EditorHandle>(null);
  const uploads = useUploads((file) => setFiles((list) => [...list, file]));
  const at = fromInput(text, zone);
  const past = !!at && at.getTime() <= Date.now();
  const wrong = past ? t("ticket.later.past") : "";
  const empty = !!of && !plain.trim() && files.length === 0;
  const reason = !at ? t("ticket.later.choose") : wrong || (empty ? t("ticket.send.empty") : uploads.going.length > 0 ? t("ticket.send.uploading") : undefined);

  const go = async () => {
    if (!at || reason || busy) return;
    setBusy(true);
    setFault("");
    try {
      const when = { send_at: at.toISOString(), time_zone: zone, hold };
      if (of) await change(of, { ...when, ...(html ? { html } : { text: plain }), attachments: files.map((f) => f.id) });
      else await onGo?.(when);
      onClose();
    } catch (error) {
      setFault(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(of ? "ticket.later.edit" : "ticket.later.title")}
      width={of ? 640 : 480}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="primary" busy={busy} reason={reason} onClick={() => void go()}>
            {t(of ? "app.save" : "ticket.later.go")}
          </Button>
        </>
      }
    >
      {of && (
        <div className="later-text">
          <Editor
            ref={editor}
            number={of.ticket.number}
            start={of.html || `<p>${escaped(of.text)}</p>`}
            label={t("ticket.later.text")}
            placeholder={t(`ticket.placeholder.${of.kind}`)}
            autoFocus={false}
            mayMention={false}
            tools={tools}
            onChange={(w) => (setHtml(w.html), setPlain(w.text))}
            onSend={() => void go()}
            onFiles={uploads.add}
          />
          <span className="composer-tools" ref={setTools} />
          <FileChips files={files} going={uploads.going} onRemove={(id) => setFiles(files.filter((f) => f.id !== id))} onAgain={uploads.again} />
        </div>
      )}
      <div className="later-presets" role="group" aria-label={t("ticket.later.presets")}>
        {presets(now, zone).map((p) => (
          <button key={p.key} type="button" className="later-preset" aria-pressed={text === toInput(p.at, zone)} onClick={() => setText(toInput(p.at, zone))}>
            <strong>{t(`ticket.later.preset.${p.key}`)}</strong>
            <span className="meta">{exact(p.at)}</span>
          </button>
        ))}
      </div>
      <Field label={t("ticket.later.at")} hint={t("ticket.later.zone", { zone })} error={wrong || undefined}>
        {(control) => <input {...control} className="input" type="datetime-local" value={text} min={toInput(now, zone)} onChange={(e) => setText(e.target.value)} />}
      </Field>
      <Check checked={hold} onChange={(e) => setHold(e.target.checked)} hint={t("ticket.later.hold_hint")}>
        {t("ticket.later.hold")}
      </Check>
      {fault && (
        <p className="banner" data-tone="danger" role="alert">
          {fault}
        </p>
      )}
    </Dialog>
  );
}

const escaped = (text: string) => {
  const p = document.createElement("p");
  p.textContent = text;
  return p.innerHTML.replaceAll("\n", "<br>");
};
