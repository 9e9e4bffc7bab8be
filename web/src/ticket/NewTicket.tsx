import "./ticket.css";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Paperclip } from "lucide-react";
import { Suspense, useRef, useState } from "react";
import { ApiError, call, client, once } from "@/api/client";
import { type Ticket, queries } from "@/api/queries";
import { t } from "@/app/i18n";
import { late } from "@/app/late";
import { useMay, useMe } from "@/app/session";
import { Button, IconButton } from "@/ui/Button";
import { Field, SelectField, TextField, WordsField } from "@/ui/Field";
import { Page } from "@/ui/Page";
import { Empty, Skeleton, explain } from "@/ui/states";
import { Choose, type Option } from "./Choose";
import { FileChips } from "./FileChips";
import { findPeople, findTargets, groups, inboxes } from "./api";
import { priorityName } from "./describe";
import { type Form, takeUpNew, useNewDraft } from "./newDraft";
import { useUploads } from "./useUploads";

const Editor = late(() => import("./Editor"), "Editor");

/** The page on which an agent files a ticket for somebody. What is typed survives a reload. */
export function NewTicket() {
  const may = useMay("tickets.create");
  if (!may) {
    return (
      <Page title={t("ticket.new")}>
        <Empty title={t("ticket.new.refused")} />
      </Page>
    );
  }
  return <Begin />;
}

/** What was begun is taken up before the form is shown, so that nothing changes under one's hands. */
function Begin() {
  const me = useMe();
  const begun = useQuery({ queryKey: ["draft", "new"], queryFn: () => takeUpNew(me.person.id), gcTime: 0, staleTime: Infinity, refetchOnWindowFocus: false });
  if (begun.data) return <Filing begun={begun.data} />;
  return (
    <Page title={t("ticket.new")} width={720}>
      <Skeleton lines={6} height={32} />
    </Page>
  );
}

function Filing({ begun }: { begun: Form }) {
  const me = useMe();
  const go = useNavigate();
  const mayAssign = useMay("tickets.assign");
  const mayEdit = useMay("tickets.edit");
  const notes = [useMay("tickets.note"), useMay("notes.read")];
  const mayNote = notes.every(Boolean);
  const mayShare = useMay("tickets.share") && me.settings["sharing.enabled"] === true;
  const boxes = (useQuery(inboxes).data?.items ?? []).filter((b) => b.active);
  const teams = useQuery({ ...groups, enabled: mayAssign }).data?.items ?? [];
  const [form, setForm] = useState(begun);
  const [fault, setFault] = useState<ApiError | Error>();
  const [busy, setBusy] = useState(false);
  const [tools, setTools] = useState<HTMLElement | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const attempt = useRef({ of: "", key: "" });
  const set = (next: Partial<Form>) => setForm((f) => ({ ...f, ...next }));
  const uploads = useUploads((file) => setForm((f) => ({ ...f, files: [...f.files, file] })));
  const inbox = form.inbox || boxes[0]?.id || 0;

  const forget = useNewDraft(me.person.id, form);

  const about = (...names: string[]) => (fault instanceof ApiError ? names.map((n) => fault.about(n)).find(Boolean) : undefined);
  const file = async () => {
    const body = {
      inbox_id: inbox,
      subject: form.subject.trim(),
      ...(form.requester?.id ? { requester_id: form.requester.id } : form.address.trim() ? { requester_address: form.address.trim(), ...(form.name.trim() ? { requester_name: form.name.trim() } : {}) } : {}),
      ...(form.text.trim() ? { html: form.html } : {}),
      kind: form.kind,
      ...(mayEdit ? { priority: form.priority, tags: form.tags } : {}),
      ...(form.group ? { group_id: form.group.id } : {}),
      ...(form.assignee ? { assignee_id: form.assignee.id } : {}),
      attachments: form.files.map((f) => f.id),
    };
    const of = JSON.stringify(body);
    if (attempt.current.of !== of) attempt.current = { of, key: crypto.randomUUID() };
    setBusy(true);
    setFault(undefined);
    try {
      const made = (await call(client.POST("/tickets", { params: { header: once(attempt.current.key) }, body }))) as Ticket;
      forget();
      void queries.invalidateQueries({ queryKey: ["tickets"] });
      await shareAfter(made.number, form.shareWith);
      await go({ to: "/tickets/$number", params: { number: made.number }, search: (s) => s });
    } catch (error) {
      setFault(error as Error);
    } finally {
      setBusy(false);
    }
  };
  const reason = !form.subject.trim() ? t("ticket.new.no_subject") : !form.requester && !form.address.trim() ? t("ticket.new.no_requester") : uploads.going.length > 0 ? t("ticket.send.uploading") : undefined;
  const known = fault instanceof ApiError && fault.faults.some((f) => /requester|subject|inbox|html|text|group|assignee|tags/.test(f.location));
  return (
    <Page title={t("ticket.new")} width={720}>
      <form
        className="new-ticket"
        onSubmit={(e) => {
          e.preventDefault();
          if (!reason) void file();
        }}
      >
        <div className="pair">
          <Field label={t("ticket.requester")} error={about("requester_id", "requester_address", "requester_name")} hint={form.requester?.hint ?? (form.address ? t("ticket.new.stranger") : undefined)}>
            {({ id }) => (
              <Choose
                id={id}
                label={t("ticket.requester")}
                name="requesters"
                className="choose choose-box"
                value={form.requester ?? (form.address ? { id: 0, name: form.address } : null)}
                find={async (q) => {
                  const found = (await findPeople(q, "requester")).map((p): Option => ({ id: p.id, name: p.name || p.address, hint: p.address }));
                  const fresh = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(q) && !found.some((f) => f.hint === q.toLowerCase());
                  return fresh ? [...found, { id: -1, name: q, hint: t("ticket.new.person") }] : found;
                }}
                onChoose={(o) => (o.id === -1 ? set({ requester: null, address: o.name }) : set({ requester: o, address: "" }))}
              />
            )}
          </Field>
          <SelectField label={t("ticket.field.inbox")} value={inbox} error={about("inbox_id")} onChange={(e) => set({ inbox: Number(e.target.value) })}>
            {boxes.map((b) => (
              <option key={b.id} value={b.id}>
                {b.name}
              </option>
            ))}
          </SelectField>
        </div>
        {form.address && !form.requester && <TextField label={t("ticket.new.name")} hint={t("app.optional")} value={form.name} autoComplete="off" onChange={(e) => set({ name: e.target.value })} />}
        <TextField label={t("ticket.field.subject")} value={form.subject} maxLength={250} error={about("subject")} onChange={(e) => set({ subject: e.target.value })} />
        <div className="composer" data-kind={form.kind} data-tone={form.kind === "note" ? "note" : undefined} data-open>
          <div className="composer-top">
            <div className="tabs" role="group" aria-label={t("ticket.kind")}>
              {(mayNote ? (["reply", "note"] as const) : (["reply"] as const)).map((k) => (
                <button key={k} className="tab" type="button" aria-pressed={k === form.kind} data-tone={k === "note" ? "note" : undefined} onClick={() => set({ kind: k })}>
                  {t(k === "reply" ? "ticket.new.reply" : "ticket.kind.note")}
                </button>
              ))}
            </div>
          </div>
          <Suspense fallback={<div className="composer-edit" />}>
            <Editor
              ref={null}
              number={0}
              start={form.html}
              label={t("ticket.new.text")}
              placeholder={t(form.kind === "note" ? "ticket.placeholder.note" : "ticket.new.placeholder")}
              autoFocus={false}
              mayMention={false}
              tools={tools}
              onChange={(w) => set({ html: w.html, text: w.text })}
              onSend={() => !reason && void file()}
              onFiles={uploads.add}
            />
          </Suspense>
          <FileChips files={form.files} going={uploads.going} onRemove={(id) => set({ files: form.files.filter((f) => f.id !== id) })} onAgain={uploads.again} />
          <div className="composer-bar">
            <span className="composer-tools" ref={setTools} />
            <IconButton icon={Paperclip} label={t("ticket.tool.attach")} onClick={() => picker.current?.click()} />
            <input ref={picker} type="file" multiple hidden aria-label={t("ticket.tool.attach")} onChange={(e) => (uploads.add(Array.from(e.target.files ?? [])), (e.target.value = ""))} />
          </div>
        </div>
        {about("html", "text") && <p className="inline-fault" data-tone="danger">{about("html", "text")}</p>}
        {mayEdit && (
          <div className="pair">
            <SelectField label={t("ticket.field.priority")} value={form.priority} onChange={(e) => set({ priority: e.target.value as "low" })}>
              {(["low", "normal", "high", "urgent"] as const).map((p) => (
                <option key={p} value={p}>
                  {priorityName(p)}
                </option>
              ))}
            </SelectField>
            <WordsField label={t("ticket.field.tags")} words={form.tags} onChange={(tags) => set({ tags })} placeholder={t("ticket.tags.add")} />
          </div>
        )}
        {mayAssign && (
          <div className="pair">
            <Field label={t("ticket.field.group")} error={about("group_id")}>
              {({ id }) => (
                <Choose id={id} className="choose choose-box" label={t("ticket.field.group")} name={`new groups ${teams.length}`} value={form.group} find={(q) => Promise.resolve(teams.filter((g) => g.name.toLowerCase().includes(q.toLowerCase())).map((g): Option => ({ id: g.id, name: g.name, kind: "group" })))} first={form.group ? [{ id: 0, name: t("app.none") }] : []} onChoose={(o) => set({ group: o.id ? o : null })} />
              )}
            </Field>
            <Field label={t("ticket.field.assignee")} error={about("assignee_id")}>
              {({ id }) => (
                <Choose id={id} className="choose choose-box" label={t("ticket.field.assignee")} name="new agents" value={form.assignee} find={async (q) => (await findPeople(q, "agent")).map((a): Option => ({ id: a.id, name: a.name }))} first={[...(form.assignee ? [{ id: 0, name: t("ticket.nobody") }] : []), { id: me.person.id, name: me.person.name, hint: t("app.you") }]} onChoose={(o) => set({ assignee: o.id ? o : null })} />
              )}
            </Field>
          </div>
        )}
        {mayShare && <ShareAtOnce chosen={form.shareWith} onChange={(shareWith) => set({ shareWith })} />}
        {fault && !known && (
          <p className="banner" data-tone="danger" role="alert">
            {explain(fault)}
          </p>
        )}
        <div className="cluster">
          <Button kind="primary" type="submit" busy={busy} reason={reason}>
            {t("ticket.new.file")}
          </Button>
          <Button kind="quiet" onClick={() => (forget(), void go({ to: "/tickets", search: (s) => s }))}>
            {t("app.cancel")}
          </Button>
          {reason && <span className="meta">{reason}</span>}
        </div>
      </form>
    </Page>
  );
}

/** With whom the ticket is shared as soon as it is filed, with the desk's usual level. */
function ShareAtOnce({ chosen, onChange }: { chosen: Option[]; onChange: (list: Option[]) => void }) {
  return (
    <Field label={t("ticket.new.share")} hint={t("ticket.new.share_hint")}>
      {({ id }) => (
        <div className="cluster">
          {chosen.map((c) => (
            <span key={`${c.kind} ${c.id}`} className="chip chip-word">
              {c.name}
              <button type="button" aria-label={t("app.remove", { name: c.name })} onClick={() => onChange(chosen.filter((x) => x !== c))}>
                ×
              </button>
            </span>
          ))}
          <Choose
            id={id}
            className="a meta-btn"
            label={t("ticket.new.share")}
            name="new share"
            value={null}
            find={async (q) => {
              if (!q) return [];
              const [agents, teams] = await Promise.all([findTargets(q, 0, "agent"), findTargets(q, 0, "group")]);
              return [...teams, ...agents].map((x): Option => ({ id: x.id, name: x.name, kind: x.kind === "group" ? "group" : "person" }));
            }}
            onChoose={(o) => !chosen.some((c) => c.id === o.id && c.kind === o.kind) && onChange([...chosen, o])}
          >
            {t("app.add")}
          </Choose>
        </div>
      )}
    </Field>
  );
}

/** The ticket is filed by then: what cannot be shared is told on its page, where it can be shared again. */
async function shareAfter(number: number, list: Option[]) {
  if (list.length === 0) return;
  const { toast } = await import("@/ui/toast");
  try {
    await call(client.POST("/tickets/{number}/shares", { params: { path: { number }, header: once() }, body: { targets: list.map((o) => ({ kind: o.kind === "group" ? ("group" as const) : ("agent" as const), id: o.id })), notify: true } }));
  } catch (error) {
    toast({ text: t("ticket.new.share_failed", { why: explain(error) }), error: true });
  }
}
