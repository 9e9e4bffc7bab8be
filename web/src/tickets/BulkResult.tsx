import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, CircleAlert, Pause, Play, Undo2 } from "lucide-react";
import { useState } from "react";
import { t, tn } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { LoadMore } from "@/ui/LoadMore";
import { type Bulk, type BulkFailure, allFailures, bulkOf, cancelBulk, pauseBulk, resumeBulk, under, undoBulk } from "./bulk";
import { refreshLists } from "./api";

/** What bulk work did, by its action. */
export const did = { share: "tickets.bulk.shared", unshare: "tickets.bulk.unshared", change: "tickets.bulk.changed", revoke: "tickets.bulk.revoked", message: "tickets.bulk.written", move: "tickets.bulk.moved", macro: "tickets.bulk.ran", undo: "tickets.bulk.undone" } as const;

/** What comes of work on many, in a dialog of its own. */
export function BulkDialog({ started, onClose }: { started: Bulk; onClose: () => void }) {
  const [shown, setShown] = useState(started);
  const bulk = useQuery(bulkOf(shown)).data;
  const going = under(bulk);
  return (
    <Dialog
      open
      onClose={onClose}
      title={bulk.state === "paused" ? t("tickets.bulk.resting") : going ? t("tickets.bulk.running") : tn(did[bulk.action], bulk.done)}
      foot={
        <>
          <span className="push" />
          <Button kind={going ? "plain" : "primary"} onClick={onClose}>
            {t(going ? "app.close" : "app.done")}
          </Button>
        </>
      }
    >
      <BulkResult key={shown.id} started={shown} onOpen={onClose} onUndo={setShown} />
    </Dialog>
  );
}

/** What comes of work on many: how far it is, what was done, and what was refused by name. With onOpen the names lead to the tickets;
    with onUndo it can be taken back, and the work that does so is handed on. */
export function BulkResult({ started, onOpen, onUndo }: { started: Bulk; onOpen?: () => void; onUndo?: (undo: Bulk) => void }) {
  const asked = useQuery(bulkOf(started));
  const bulk = asked.data;
  const going = under(bulk);
  const [stopping, setStopping] = useState(false);
  const whole = useInfiniteQuery({
    queryKey: ["bulk", bulk.id, "failures"],
    queryFn: ({ pageParam }) => allFailures(bulk.id, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: !going && bulk.failed > bulk.failures.length,
  });
  const failures = whole.data?.pages.flatMap((p) => p.items) ?? bulk.failures;
  const part = bulk.total > 0 ? Math.round((100 * (bulk.done + bulk.failed)) / bulk.total) : 0;
  const steer = async (act: (id: number) => Promise<unknown>) => {
    setStopping(true);
    try {
      await act(bulk.id);
      await asked.refetch();
    } catch (error) {
      toast({ text: explain(error), error: true });
    } finally {
      setStopping(false);
    }
  };
  const undo = async () => {
    setStopping(true);
    try {
      onUndo?.(await undoBulk(bulk.id));
      void refreshLists();
    } catch (error) {
      toast({ text: explain(error), error: true });
      setStopping(false);
    }
  };
  const rests = bulk.state === "paused";
  return (
    <div className="bulk-result">
      {going && (
        <>
          <p role="status">{bulk.state === "waiting" ? t("tickets.bulk.waiting") : t(rests ? "tickets.bulk.paused" : "tickets.bulk.progress", { done: bulk.done + bulk.failed, total: bulk.total })}</p>
          <div className="progress" role="progressbar" aria-label={t("tickets.bulk.running")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={part}>
            <i style={{ "--value": `${part}%` } as React.CSSProperties} />
          </div>
          <p className="cluster">
            <span className="meta">{rests ? "" : t("tickets.bulk.leave")}</span>
            <Button size="sm" className="push" icon={rests ? Play : Pause} busy={stopping} onClick={() => void steer(rests ? resumeBulk : pauseBulk)}>
              {t(rests ? "tickets.bulk.resume" : "tickets.bulk.pause")}
            </Button>
            <Button size="sm" busy={stopping} onClick={() => void steer(cancelBulk)}>
              {t("tickets.bulk.stop")}
            </Button>
          </p>
        </>
      )}
      {!going && (
        <p role="status" className="cluster">
          <Badge tone="ok" icon={Check}>
            {tn(did[bulk.action], bulk.done)}
          </Badge>
          {bulk.failed > 0 && (
            <Badge tone="danger" icon={CircleAlert}>
              {tn("tickets.bulk.refused", bulk.failed)}
            </Badge>
          )}
          {onUndo && bulk.undo_until && (
            <Button size="sm" className="push" icon={Undo2} busy={stopping} onClick={() => void undo()}>
              {t("tickets.bulk.undo")}
            </Button>
          )}
        </p>
      )}
      {!going && onUndo && bulk.sent && bulk.undo_until && <p className="meta">{t("tickets.bulk.undo_sent")}</p>}
      {bulk.state === "cancelled" && <p className="banner">{t("tickets.bulk.stopped")}</p>}
      <Failures list={failures} label={tn("tickets.bulk.refused", bulk.failed)} onOpen={onOpen} />
      <LoadMore list={whole} />
    </div>
  );
}

/** What was, or would be, refused: each by name with its reason. */
export function Failures({ list, label, onOpen }: { list: BulkFailure[]; label: string; onOpen?: (() => void) | undefined }) {
  if (list.length === 0) return null;
  const name = (f: BulkFailure) => (f.number === null ? t("tickets.bulk.hidden") : `#${f.number} ${f.subject ?? ""}`);
  return (
    <ul className="bulk-failures" aria-label={label}>
      {list.map((f, i) => (
        <li key={f.number === null ? `hidden-${i}` : `${f.number}-${f.share}`}>
          {onOpen && f.number !== null ? (
            <Link to="/tickets/$number" params={{ number: f.number }} className="a clip strong" onClick={onOpen}>
              {name(f)}
            </Link>
          ) : (
            <span className="clip strong">{name(f)}</span>
          )}
          <span className="meta">{f.message}</span>
        </li>
      ))}
    </ul>
  );
}
