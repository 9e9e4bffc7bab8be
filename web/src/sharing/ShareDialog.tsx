import "./badges.css";
import "./sharing.css";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, Suspense, useRef, useState } from "react";
import { type Ticket, ticket as ticketOf, whoSees } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { late } from "@/app/late";
import { useMe } from "@/app/session";
import { partnersOf } from "@/partners/of";
import { AfterPaint } from "@/ui/AfterPaint";
import { Button, Keys } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Failed, Skeleton } from "@/ui/states";
import { DraftTerms, pickerLabel } from "./DraftTerms";
import { Picker } from "./Picker";
import { TemplateChoice } from "./TemplateChoice";
import { useShareActions } from "./actions";
import { type Draft, gains, useDraft } from "./draft";
import { type Choice, holds, keyOf } from "./model";

// Both come beside the dialog: the picker can be used before who has access is there.
const AccessList = late(() => import("./AccessList"), "AccessList");
AccessList.load().catch(() => undefined);
const LinkPanel = late(() => import("./LinkPanel"), "LinkPanel");
LinkPanel.load().catch(() => undefined);
const PartnerAccess = late(() => import("@/partners/PartnerAccess"), "PartnerAccess", "partners", "ticket");
const ShareMany = late(() => import("./ShareMany"), "ShareMany");

/** What a list holds, for sharing all of it. */
export type ListOf = { view?: string; filter?: string; q?: string; state?: string };
export type ShareDialogProps = { numbers: number[]; list?: ListOf; open: boolean; onClose: () => void; mode?: "share" | "unshare" };

/** The share dialog: for one ticket with who has access, for many with a preview and a result by name. */
export function ShareDialog({ numbers, list, open, onClose, mode = "share" }: ShareDialogProps) {
  const one = !list && numbers.length === 1 ? numbers[0]! : 0;
  if (one) return <ShareOne key={one} number={one} open={open} onClose={onClose} />;
  return (
    <Suspense>
      <ShareMany numbers={numbers} {...(list ? { list } : {})} open={open} onClose={onClose} mode={mode} />
    </Suspense>
  );
}

function ShareOne({ number, open, onClose }: { number: number; open: boolean; onClose: () => void }) {
  const found = useQuery({ ...ticketOf(number), enabled: open });
  if (found.data) return <OneForm ticket={found.data} open={open} onClose={onClose} />;
  return (
    <Dialog open={open} onClose={onClose} title={t("sharing.title")}>
      {found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Skeleton lines={6} height={28} />}
    </Dialog>
  );
}

/** closed says why nothing new can be shared here; "" when it can. */
function closed(ticket: Ticket, settings: Record<string, unknown>): string {
  if (settings["sharing.enabled"] !== true) return t("sharing.closed.off");
  if (ticket.deleted || ticket.spam) return t("sharing.closed.trashed");
  if (ticket.brand_inactive) return t("sharing.closed.brand");
  return "";
}

function OneForm({ ticket, open, onClose }: { ticket: Ticket; open: boolean; onClose: () => void }) {
  const me = useMe();
  const input = useRef<HTMLInputElement>(null);
  const most = holds(ticket.rights, me.permissions, me.settings);
  const sights = useQuery({ ...whoSees(ticket.number), enabled: open }).data;
  const seeing = new Set((sights?.items ?? []).map((s) => s.person.id));
  const draft = useDraft(most, seeing);
  const actions = useShareActions(ticket.number);
  const [busy, setBusy] = useState(false);
  const [discard, setDiscard] = useState(false);
  const shut = closed(ticket, me.settings);

  const submit = async () => {
    if (busy || draft.missing) return;
    setBusy(true);
    let left = draft.chosen;
    for (const { sent, body } of draft.bodies()) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- the second only when the first is done
        await actions.add(body);
        const done = new Set(sent.map(keyOf));
        left = left.filter((c) => !done.has(keyOf(c)));
      } catch (error) {
        draft.choose(left);
        draft.refuse(error, sent);
        setBusy(false);
        return;
      }
    }
    draft.clear();
    setBusy(false);
    input.current?.focus();
  };
  const close = () => {
    if (draft.chosen.length > 0) setDiscard(true);
    else onClose();
  };
  const drop = () => {
    setDiscard(false);
    draft.clear();
    onClose();
  };
  const keys = (e: KeyboardEvent) => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey)) return;
    e.preventDefault();
    void submit();
  };

  return (
    <Dialog
      open={open}
      onClose={close}
      title={t("sharing.title")}
      subtitle={`#${ticket.number} · ${ticket.subject}`}
      initialFocus={input}
      foot={<Foot draft={draft} busy={busy} discard={discard} onKeep={() => setDiscard(false)} onDrop={drop} onClose={close} onSubmit={() => void submit()} />}
    >
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- a key for the whole form */}
      <div className="share-body" onKeyDown={keys}>
        {shut ? (
          <p className="banner" data-tone="warn">
            {shut}
          </p>
        ) : (
          <>
            <Picker number={ticket.number} chosen={draft.chosen} onChange={draft.choose} faults={draft.faults.chips} inputRef={input} label={pickerLabel(me.settings)} />
            {open && <TemplateChoice draft={draft} onFilled={() => input.current?.focus()} />}
          </>
        )}
        <DraftTerms draft={draft} most={most} notes={ticket.rights.includes("note")} />
        <AfterPaint meanwhile={<Skeleton lines={5} height={28} />}>
          <Suspense fallback={<Skeleton lines={5} height={28} />}>
            <AccessList
              ticket={ticket}
              most={most}
              actions={actions}
              onGone={onClose}
              onAgain={(c: Choice) => {
                draft.choose([...draft.chosen.filter((d) => keyOf(d) !== keyOf(c)), c]);
                input.current?.focus();
              }}
            />
            {partnersOf(ticket).length > 0 && <PartnerAccess number={ticket.number} />}
            <LinkPanel ticket={ticket} />
          </Suspense>
        </AfterPaint>
      </div>
    </Dialog>
  );
}

type FootProps = { draft: Draft; busy: boolean; discard: boolean; onKeep: () => void; onDrop: () => void; onClose: () => void; onSubmit: () => void };

function Foot({ draft, busy, discard, onKeep, onDrop, onClose, onSubmit }: FootProps) {
  const many = draft.chosen.length;
  if (discard) {
    return (
      <>
        <p role="alert">{tn("sharing.discard", many)}</p>
        <span className="push not-phone" />
        <Button onClick={onKeep}>{t("sharing.discard.keep")}</Button>
        <Button kind="danger" onClick={onDrop}>
          {t("sharing.discard.drop")}
        </Button>
      </>
    );
  }
  if (many === 0) {
    return (
      <>
        <span className="push not-phone" />
        <Button onClick={onClose}>{t("app.done")}</Button>
      </>
    );
  }
  return (
    <>
      <p className="meta share-gain" role="status">
        {draft.missing || gains(draft)}
      </p>
      <span className="push not-phone" />
      <Button onClick={onClose}>{t("app.cancel")}</Button>
      <Button kind="primary" busy={busy} reason={draft.missing || undefined} onClick={onSubmit}>
        {tn("sharing.submit", many)}
        <span className="not-phone cluster share-keys">
          <Keys of="mod+enter" />
        </span>
      </Button>
    </>
  );
}
