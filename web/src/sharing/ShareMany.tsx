import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useRef, useState } from "react";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { BulkResult, Failures } from "@/tickets/BulkResult";
import { type Bulk, type BulkWork, previewBulk, startBulk } from "@/tickets/bulk";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Failed, Skeleton, explain } from "@/ui/states";
import { DraftTerms, pickerLabel } from "./DraftTerms";
import { Picker } from "./Picker";
import type { ListOf, ShareDialogProps } from "./ShareDialog";
import { useDraft } from "./draft";
import { holds } from "./model";

const everything = ["see", "see_internal", "note", "reply", "edit", "forward", "share"];

/** What stands in the address of a list, as bulk work takes it. */
function listOf({ filter, state, ...rest }: ListOf): NonNullable<BulkWork["list"]> {
  return { ...rest, ...(state ? { state: state === "any" ? null : state } : {}), ...(filter ? { filter: JSON.parse(filter) as Record<string, unknown> } : {}) };
}

/** Many tickets in one go: whom, what would come of it, and what came of it, by name. */
export function ShareMany({ numbers, list, open, onClose, mode }: ShareDialogProps & { mode: "share" | "unshare" }) {
  const me = useMe();
  const cache = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  // What may be given differs by ticket: the server decides for each, and the preview says so.
  const most = holds(everything, me.permissions, me.settings);
  const draft = useDraft(most, new Set());
  const [busy, setBusy] = useState(false);
  const [discard, setDiscard] = useState(false);
  const [bulk, setBulk] = useState<Bulk>();
  const ending = mode === "unshare";

  const which: BulkWork = list ? { list: listOf(list) } : { tickets: numbers };
  const targets = draft.chosen.map(({ kind, id }) => ({ kind, id }));
  // One request takes one body: requesters among agents go without flags.
  const body = { ...draft.bodies()[0]?.body, targets } as NonNullable<BulkWork["share"]>;
  if (draft.outside === "some") for (const flag of ["see_internal", "reply_public", "forward", "can_reshare"] as const) delete body[flag];
  const wish: BulkWork = ending ? { ...which, unshare: { targets } } : { ...which, share: body };
  // What is written as the reason makes no difference to what would come of it.
  const trial: BulkWork = wish.share ? { ...wish, share: { ...wish.share, reason: wish.share.reason ? "." : "" } } : wish;
  const needed = ending ? (targets.length === 0 ? t("sharing.missing.nobody") : "") : draft.missing;
  const preview = useQuery({
    queryKey: ["bulk", "preview", trial],
    queryFn: ({ signal }) => previewBulk(trial, signal),
    enabled: open && !bulk && targets.length > 0 && (ending || !draft.missing || draft.missing === t("sharing.missing.sure")),
    placeholderData: keepPreviousData,
    retry: false,
  });

  const submit = async () => {
    if (busy || needed) return;
    setBusy(true);
    try {
      setBulk(await startBulk(wish));
      void cache.invalidateQueries({ queryKey: ["tickets"] });
      void cache.invalidateQueries({ queryKey: ["ticket"] });
    } catch (error) {
      draft.refuse(error, draft.chosen);
    } finally {
      setBusy(false);
    }
  };
  const leave = () => {
    setDiscard(false);
    draft.clear();
    setBulk(undefined);
    onClose();
  };
  const close = () => (draft.chosen.length > 0 && !bulk ? setDiscard(true) : leave());
  const keys = (e: KeyboardEvent) => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey)) return;
    e.preventDefault();
    void submit();
  };
  const title = list
    ? t(ending ? "sharing.many.unshare_list" : "sharing.many.share_list")
    : tn(ending ? "sharing.many.unshare" : "sharing.many.share", numbers.length);

  return (
    <Dialog
      open={open}
      onClose={close}
      title={title}
      subtitle={ending ? t("sharing.many.unshare_lead") : t("sharing.many.share_lead")}
      initialFocus={input}
      foot={
        bulk ? (
          <>
            <span className="push not-phone" />
            <Button kind="primary" onClick={leave}>
              {t("app.done")}
            </Button>
          </>
        ) : discard ? (
          <>
            <p role="alert">{tn("sharing.discard", draft.chosen.length)}</p>
            <span className="push not-phone" />
            <Button onClick={() => setDiscard(false)}>{t("sharing.discard.keep")}</Button>
            <Button kind="danger" onClick={leave}>
              {t("sharing.discard.drop")}
            </Button>
          </>
        ) : (
          <>
            {needed && <p className="meta share-gain">{needed}</p>}
            <span className="push not-phone" />
            <Button onClick={close}>{t("app.cancel")}</Button>
            <Button kind={ending ? "danger" : "primary"} busy={busy} reason={needed || undefined} onClick={() => void submit()}>
              {ending ? t("sharing.many.unshare_submit") : tn("sharing.submit", draft.chosen.length)}
            </Button>
          </>
        )
      }
    >
      {bulk ? (
        <BulkResult key={bulk.id} started={bulk} onUndo={setBulk} />
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- a key for the whole form
        <div className="share-body" onKeyDown={keys}>
          <Picker number={0} chosen={draft.chosen} onChange={draft.choose} faults={draft.faults.chips} inputRef={input} label={pickerLabel(me.settings)} ending={ending} />
          {!ending && <DraftTerms draft={draft} most={most} />}
          {ending && draft.faults.all && (
            <p className="banner" data-tone="danger" role="alert">
              {draft.faults.all}
            </p>
          )}
          {targets.length > 0 && (
            <section className="share-preview" aria-label={t("sharing.many.preview")} aria-busy={preview.isFetching || undefined}>
              {preview.isLoading && <Skeleton lines={2} />}
              {preview.error && <Failed error={new Error(explain(preview.error))} retry={() => void preview.refetch()} />}
              {preview.data && (
                <>
                  <p role="status">
                    <strong>{t(ending ? "sharing.many.will_end" : "sharing.many.will_share", { allowed: preview.data.allowed, count: preview.data.count })}</strong>{" "}
                    {!ending && tn("sharing.many.people", preview.data.people)} {preview.data.more && t("sharing.many.more")}
                  </p>
                  <Failures list={preview.data.refused} label={tn("sharing.many.refused", preview.data.refused.length)} />
                </>
              )}
            </section>
          )}
        </div>
      )}
    </Dialog>
  );
}
