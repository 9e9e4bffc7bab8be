import { Eye, Paperclip } from "lucide-react";
import { useRef, useState } from "react";
import { ApiError, call, client, once } from "@/api/client";
import type { Message, Ticket } from "@/api/queries";
import { locale, t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Check, SelectField, TextArea, TextField, WordsField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { FileChips } from "./FileChips";
import { type Attachment, putTicket } from "./api";
import { useUploads } from "./useUploads";

/** What is forwarded: one message, the conversation, or an answer in a conversation that there is. */
export type Forwarding = { message?: Message; side?: NonNullable<Message["side"]> };

/** Sends something of a ticket to addresses outside. It says who will read it, and what goes along. */
export function ForwardDialog({ ticket, of, onClose }: { ticket: Ticket; of: Forwarding; onClose: () => void }) {
  const number = ticket.number;
  const { message, side } = of;
  const [to, setTo] = useState<string[]>([]);
  const [subject, setSubject] = useState(ticket.subject);
  const [text, setText] = useState("");
  const [whole, setWhole] = useState(!message);
  const [along, setAlong] = useState(true);
  const [files, setFiles] = useState<Attachment[]>([]);
  const [fault, setFault] = useState<{ to: string; all: string }>({ to: "", all: "" });
  const [busy, setBusy] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const key = useRef(crypto.randomUUID());
  const uploads = useUploads((file) => setFiles((list) => [...list, file]));
  const wrong = to.find((a) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(a));
  const readers = side ? [...new Set([side.from, ...side.to].filter(Boolean))] : to;
  const reason = side ? (text.trim() || files.length ? undefined : t("ticket.send.empty")) : to.length === 0 ? t("ticket.forward.whom") : wrong ? t("ticket.forward.wrong", { address: wrong }) : undefined;

  const go = async () => {
    if (reason || busy) return;
    setBusy(true);
    setFault({ to: "", all: "" });
    const own = { text, attachments: files.map((f) => f.id) };
    const header = once(key.current);
    try {
      if (side) await call(client.POST("/tickets/{number}/side-conversations/{id}/messages", { params: { path: { number, id: side.id }, header }, body: own }));
      else await call(client.POST("/tickets/{number}/forwards", { params: { path: { number }, header }, body: { ...own, to, subject, files: along, ...(whole ? { thread: true } : { messages: message ? [message.id] : [] }) } }));
      toast(t(side ? "ticket.forward.answered" : "ticket.forward.done"));
      putTicket(number, undefined);
      onClose();
    } catch (error) {
      key.current = crypto.randomUUID();
      const at = error instanceof ApiError ? to.map((_, i) => error.about(`to[${i}]`)).find(Boolean) || error.about("to") : "";
      setFault({ to: at ?? "", all: at ? "" : explain(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(side ? "ticket.forward.answer" : "ticket.forward.title")}
      subtitle={side ? side.subject : `#${number} ${ticket.subject}`}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="primary" busy={busy} reason={reason} onClick={() => void go()}>
            {t(side ? "ticket.forward.send_answer" : "ticket.forward.go")}
          </Button>
        </>
      }
    >
      {!side && (
        <>
          <WordsField label={t("ticket.forward.to")} hint={t("ticket.forward.to_hint")} words={to} error={fault.to || undefined} placeholder="name@example.org" onChange={setTo} />
          <TextField label={t("ticket.forward.subject")} value={subject} maxLength={500} onChange={(e) => setSubject(e.target.value)} />
        </>
      )}
      <TextArea label={t("ticket.forward.text")} rows={5} value={text} onChange={(e) => setText(e.target.value)} />
      <FileChips files={files} going={uploads.going} onRemove={(id) => setFiles(files.filter((f) => f.id !== id))} onAgain={uploads.again} />
      <Button size="sm" icon={Paperclip} onClick={() => picker.current?.click()}>
        {t("ticket.tool.attach")}
      </Button>
      <input ref={picker} type="file" multiple hidden aria-label={t("ticket.tool.attach")} onChange={(e) => (uploads.add(Array.from(e.target.files ?? [])), (e.target.value = ""))} />
      {!side && (
        <>
          {message && (
            <SelectField label={t("ticket.forward.what")} value={whole ? "whole" : "one"} onChange={(e) => setWhole(e.target.value === "whole")}>
              <option value="one">{t("ticket.forward.one", { name: message.author?.name ?? t("ticket.event.desk") })}</option>
              <option value="whole">{t("ticket.forward.whole")}</option>
            </SelectField>
          )}
          {!message && <p className="hint">{t("ticket.forward.whole_hint")}</p>}
          {message && !whole && message.kind !== "reply" && (
            <p className="banner" data-tone="warn">
              {t("ticket.forward.note")}
            </p>
          )}
          <Check checked={along} onChange={(e) => setAlong(e.target.checked)}>
            {t("ticket.forward.files")}
          </Check>
        </>
      )}
      <p className="banner" data-tone="neutral">
        <Icon of={Eye} />
        <span>{readers.length ? t("ticket.forward.readers", { names: new Intl.ListFormat(locale()).format(readers) }) : t("ticket.forward.not_requester")}</span>
      </p>
      {fault.all && (
        <p className="banner" data-tone="danger" role="alert">
          {fault.all}
        </p>
      )}
    </Dialog>
  );
}
