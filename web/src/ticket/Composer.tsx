import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Clock, Eye, Lock, Paperclip, Reply, StickyNote, type LucideIcon } from "lucide-react";
import { Suspense, useCallback, useEffect, useImperativeHandle, useRef, useState } from "react";
import type { Ref } from "react";
import type { Ticket } from "@/api/queries";
import { t } from "@/app/i18n";
import { late } from "@/app/late";
import { Crossing } from "@/partners/Crossing";
import { remembered } from "@/app/preferences";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Select } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { Menu, MenuItem, MenuLine } from "@/ui/Menu";
import { useMe } from "@/app/session";
import { toast } from "@/ui/toast";
import { Collision } from "./Collision";
import type { EditorHandle, Written } from "./Editor";
import { FileChips } from "./FileChips";
import { MentionOffers } from "./MentionOffers";
import { type Kind, type Target, messages, readers, statuses } from "./api";
import { statusName } from "./describe";
import type { Part } from "./draft";
import { type Later, undoElsewhere } from "./later";
import { brief, counted } from "./readers";
import { type Saved, useDraft } from "./useDraft";
import { useSend } from "./useSend";
import { useUploads } from "./useUploads";

const Editor = late(() => import("./Editor"), "Editor");
const LaterDialog = late(() => import("./LaterDialog"), "LaterDialog");
const PendingAsk = late(() => import("./PendingAsk"), "PendingAsk");

export type ComposerHandle = { write: (kind: Kind) => void; restore: (later: Later) => void };

const looks: Record<Kind, { icon: LucideIcon }> = { reply: { icon: Reply }, note: { icon: StickyNote }, local_note: { icon: Lock } };

/** kindsOf gives what one may write here. */
export function kindsOf(ticket: Ticket): Kind[] {
  const kinds: Kind[] = [];
  if (ticket.rights.includes("reply")) kinds.push("reply");
  if (ticket.rights.includes("note")) kinds.push("note", "local_note");
  return kinds;
}

type Props = { ticket: Ticket; ref: Ref<ComposerHandle>; onWriting: () => void; onNext: () => void; onList: () => void };

/** Where an agent writes. It always says who will read it. */
export function Composer({ ticket, ref, onWriting, onNext, onList }: Props) {
  const number = ticket.number;
  const kinds = kindsOf(ticket);
  const [wish, setKind] = useState<Kind>("reply");
  const kind = kinds.includes(wish) ? wish : (kinds[0] ?? "note");
  const [open, setOpen] = useState(false);
  const [focus, setFocus] = useState(false);
  const [status, setStatus] = useState("");
  const [marked, setMarked] = useState(false);
  const [tools, setTools] = useState<HTMLElement | null>(null);
  const [over, setOver] = useState(false);
  const [mentioned, setMentioned] = useState<Target[]>([]);
  const editor = useRef<EditorHandle>(null);
  const picker = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);

  const said = useQuery(messages(number)).data;
  const who = useQuery(readers(number)).data?.[kind];
  const own = useQuery(statuses).data?.items ?? [];
  const { part, change, restore, sent, saved } = useDraft(number, kind);
  const me = useMe().person.id;
  const [round, setRound] = useState(0);
  const [choosing, setChoosing] = useState(false);
  const files = part?.files ?? [];
  const latest = useRef(files);
  latest.current = files;
  const uploads = useUploads((file) => change({ files: [...latest.current, file] }));
  const mentions = useRef<Written["mentions"]>([]);

  const after = useRef(0);
  const newest = said?.at(-1)?.id ?? 0;
  // What counts as seen is what stood there when the first letter was written, so that a later message stops the sending.
  const writing = !!part?.text.trim();
  if (!writing) after.current = newest;

  const { send, busy, newer, settle, pending, unask } = useSend(ticket, () => {
    editor.current?.clear();
    setMentioned([]);
    setStatus("");
    setMarked(false);
    setOpen(false);
    mentions.current = [];
    sent();
  });

  const write = useCallback((to: Kind) => {
    setKind(to);
    setOpen(true);
    setFocus(true);
    setTimeout(() => editor.current?.focus());
  }, []);
  useImperativeHandle(
    ref,
    () => ({
      write,
      restore: (l) => {
        restore(l.kind, { html: l.html || plainToHtml(l.text), text: l.text, files: l.attachments, at: Date.now() });
        setRound((n) => n + 1);
        write(l.kind);
      },
    }),
    [write, restore],
  );

  useEffect(() => {
    const ask = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 500));
    ask(() => {
      void Editor.load();
      // What tells of a lost connection has to be there before it is lost.
      void import("@/ui/Toasts");
    });
  }, []);

  const filled = writing || files.length > 0;
  useDrop(form, setOver, uploads.add);
  // On a phone the field folds again when it is left empty.
  useEffect(() => {
    const e = form.current;
    if (!e || filled) return undefined;
    const left = (f: FocusEvent) => f.relatedTarget && !e.contains(f.relatedTarget as Node) && setOpen(false);
    e.addEventListener("focusout", left);
    return () => e.removeEventListener("focusout", left);
  }, [filled]);
  const sending = (written: Part) => ({ kind, part: written, mentions: mentions.current.map((m) => m.id), names: mentions.current, status, after: after.current, forPartners: marked && kind !== "local_note" });
  const go = async (next: boolean, anyway = false) => {
    if (!part || !filled || busy || uploads.going.length > 0) return;
    const gone = await send({ ...sending(part), after: anyway ? undefined : after.current });
    if (!gone) return;
    const then = next ? "next" : remembered().after_send;
    // Whoever moves on can still take it back.
    if (then !== "stay" && typeof gone === "object") toast({ text: t("ticket.later.sending"), undo: () => undoElsewhere(me, gone) });
    if (then === "next") onNext();
    else if (then === "list") onList();
  };

  const label = kind === "reply" ? (who ? t("ticket.send.reply_to", { names: brief(who) }) : t("ticket.send.reply")) : t(kind === "note" ? "ticket.send.note" : "ticket.send.local_note");
  const reason = !filled ? t("ticket.send.empty") : uploads.going.length > 0 ? t("ticket.send.uploading") : undefined;
  if (kinds.length === 0) return null;
  return (
    <form
      ref={form}
      className="composer"
      data-kind={kind === "note" ? "note" : kind === "local_note" ? "local" : "reply"}
      data-tone={kind === "note" ? "note" : undefined}
      data-open={open || undefined}
      data-over={over || undefined}
      aria-label={t("ticket.compose")}
      onSubmit={(e) => {
        e.preventDefault();
        void go(false);
      }}
    >
      {/* It gives way to the field when it is pressed or reached by keyboard; a press must not hide it before it counts. */}
      <button className="composer-peek" type="button" onMouseDown={(e) => e.preventDefault()} onFocus={() => write(kind)} onClick={() => write(kind)}>
        <Icon of={looks[kind].icon} />
        <span className="clip">{filled ? part?.text.trim() : label}</span>
        {filled && (
          <span className="push">
            <Badge>{t("ticket.draft")}</Badge>
          </span>
        )}
      </button>
      <div className="composer-top">
        <div className="tabs" role="group" aria-label={t("ticket.kind")}>
          {kinds.map((k) => (
            <button key={k} className="tab" type="button" aria-pressed={k === kind} data-tone={k === "note" ? "note" : undefined} onClick={() => write(k)}>
              <Icon of={looks[k].icon} />
              {t(`ticket.kind.${k}`)}
            </button>
          ))}
        </div>
        <p className="composer-to push" title={who && counted(who)}>
          <Icon of={kind === "local_note" ? Lock : Eye} small />
          <span className="clip">{who ? t("ticket.read_by", { names: counted(who) }) : t("app.loading")}</span>
        </p>
      </div>
      <Crossing ticket={ticket} kind={kind} onLocal={kinds.includes("local_note") ? () => write("local_note") : undefined} marked={marked} onMark={setMarked} />
      {newer && <Collision newer={newer} busy={busy} onAnyway={() => void go(false, true)} onEdit={() => ((after.current = newer.id), settle(), editor.current?.focus())} onDiscard={() => (settle(), editor.current?.clear(), sent())} />}
      <Suspense fallback={<div className="composer-edit composer-wait">{part?.text || <span className="meta">{t("app.loading")}</span>}</div>}>
        {part ? (
          <Editor
            key={`${number} ${kind} ${round}`}
            ref={editor}
            number={number}
            start={part.html || plainToHtml(part.text)}
            label={t(`ticket.kind.${kind}`)}
            placeholder={t(`ticket.placeholder.${kind}`)}
            autoFocus={focus}
            mayMention
            tools={tools}
            onChange={(w) => {
              mentions.current = w.mentions;
              change({ html: w.html, text: w.text });
              if (w.text) onWriting();
            }}
            onSend={(next) => void go(next)}
            onFiles={uploads.add}
            onMention={(who) => !who.access && setMentioned((list) => [...list.filter((m) => m.id !== who.id), who])}
          />
        ) : (
          <div className="composer-edit composer-wait" />
        )}
      </Suspense>
      {mentioned.length > 0 && <MentionOffers ticket={ticket} people={mentioned} onDone={(id) => setMentioned((list) => list.filter((m) => m.id !== id))} />}
      <FileChips files={files} going={uploads.going} onRemove={(id) => change({ files: files.filter((f) => f.id !== id) })} onAgain={uploads.again} />
      <DraftMark saved={saved} filled={filled} />
      <div className="composer-bar">
        <div className="composer-tools">
          <span className="composer-tools" ref={setTools} />
          <IconButton icon={Paperclip} label={t("ticket.tool.attach")} onClick={() => picker.current?.click()} />
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label={t("ticket.tool.attach")}
            onChange={(e) => {
              uploads.add(Array.from(e.target.files ?? []));
              e.target.value = "";
            }}
          />
        </div>
        {ticket.rights.includes("status") && (
          <span className="composer-status">
            <Select quiet aria-label={t("ticket.send.status")} value={status} onChange={(e) => setStatus(e.target.value)}>
              <option value="">{t("ticket.send.keep", { status: ticket.status_name in known ? statusName(ticket.status) : ticket.status_name })}</option>
              {offered
                .filter((s) => s !== ticket.status)
                .map((s) => (
                  <option key={s} value={s}>
                    {s === "solved" ? t("ticket.send.solve") : t("ticket.send.set", { status: statusName(s) })}
                  </option>
                ))}
              {own.map((s) => (
                <option key={s.id} value={`#${s.id}`}>
                  {t("ticket.send.set", { status: s.name })}
                </option>
              ))}
            </Select>
          </span>
        )}
        <span className="split">
          <Button kind={kind === "note" ? "note" : "primary"} type="submit" busy={busy} reason={reason} title={t("ticket.send.keys")}>
            <span className="clip">{label}</span>
          </Button>
          <Menu
            label={t("ticket.send.more")}
            trigger={
              <Button kind={kind === "note" ? "note" : "primary"} aria-label={t("ticket.send.more")}>
                <Icon of={ChevronDown} small />
              </Button>
            }
          >
            <MenuItem onSelect={() => void go(false)} keys="mod+enter" disabled={!!reason}>
              {t("ticket.send.now")}
            </MenuItem>
            <MenuItem onSelect={() => void go(true)} keys="mod+shift+enter" disabled={!!reason}>
              {t("ticket.send.next")}
            </MenuItem>
            <MenuLine />
            <MenuItem icon={Clock} onSelect={() => setChoosing(true)} disabled={!!reason}>
              {t("ticket.send.later")}
            </MenuItem>
          </Menu>
        </span>
      </div>
      <Suspense>
        {choosing && part && <LaterDialog onClose={() => setChoosing(false)} onGo={(later) => send({ ...sending(part), later })} />}
        {pending && <PendingAsk pending={pending} onClose={unask} />}
      </Suspense>
    </form>
  );
}

/** useDrop takes files that are dropped on an element. */
function useDrop(on: { current: HTMLElement | null }, setOver: (over: boolean) => void, onFiles: (files: File[]) => void) {
  const now = useRef(onFiles);
  now.current = onFiles;
  useEffect(() => {
    const e = on.current;
    if (!e) return undefined;
    const control = new AbortController();
    const { signal } = control;
    e.addEventListener("dragover", (d) => d.dataTransfer?.types.includes("Files") && (d.preventDefault(), setOver(true)), { signal });
    e.addEventListener("dragleave", (d) => !e.contains(d.relatedTarget as Node) && setOver(false), { signal });
    e.addEventListener(
      "drop",
      (d) => {
        setOver(false);
        if (d.defaultPrevented || !d.dataTransfer?.files.length) return;
        d.preventDefault();
        now.current(Array.from(d.dataTransfer.files));
      },
      { signal },
    );
    // Escape leaves the text, so that the keys of the ticket work again.
    e.addEventListener("keydown", (k) => k.key === "Escape" && !k.defaultPrevented && document.activeElement instanceof HTMLElement && (k.preventDefault(), document.activeElement.blur()), { signal });
    return () => control.abort();
  }, [on, setOver]);
}

const offered = ["open", "pending", "on_hold", "solved"];
const known: Record<string, true> = { new: true, open: true, pending: true, on_hold: true, solved: true, closed: true };

const plainToHtml = (text: string) => {
  const p = document.createElement("p");
  return text
    .split(/\n{2,}/)
    .filter(Boolean)
    .map((line) => ((p.textContent = line), p.outerHTML))
    .join("");
};

/** Says that nothing written is lost. */
function DraftMark({ saved, filled }: { saved: Saved; filled: boolean }) {
  return (
    <p className="meta draft-mark" role="status">
      {filled && saved !== "no" ? t(saved === "server" ? "ticket.draft.saved" : navigator.onLine ? "ticket.draft.saving" : "ticket.draft.here") : ""}
    </p>
  );
}
