import { Check, CircleAlert } from "lucide-react";
import { useState } from "react";
import { t, tn } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { type Bulk, type BulkFailure, cancelBulk, useBulk } from "./api";

const did = { share: "sharing.bulk.shared", unshare: "sharing.bulk.unshared", change: "sharing.bulk.changed", revoke: "sharing.bulk.revoked" } as const;

/** What comes of work on many: how far it is, what was done, and what was refused by name. */
export function BulkResult({ started }: { started: Bulk }) {
  const bulk = useBulk(started).data;
  const [stopping, setStopping] = useState(false);
  const going = bulk.state === "waiting" || bulk.state === "running";
  const part = bulk.total > 0 ? Math.round(((bulk.done + bulk.failed) / bulk.total) * 100) : 0;
  const stop = async () => {
    setStopping(true);
    try {
      await cancelBulk(bulk.id);
    } catch (error) {
      toast({ text: explain(error), error: true });
      setStopping(false);
    }
  };
  return (
    <div className="share-result">
      {going && (
        <>
          <p role="status">{bulk.state === "waiting" ? t("sharing.bulk.waiting") : t("sharing.bulk.running", { done: bulk.done + bulk.failed, total: bulk.total })}</p>
          <div className="progress" role="progressbar" aria-label={t("sharing.bulk.progress")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={part}>
            <i style={{ "--value": `${part}%` } as React.CSSProperties} />
          </div>
          <p className="cluster">
            <span className="meta">{t("sharing.bulk.leave")}</span>
            <Button size="sm" className="push" busy={stopping} onClick={() => void stop()}>
              {t("sharing.bulk.stop")}
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
              {tn("sharing.bulk.failed", bulk.failed)}
            </Badge>
          )}
          {bulk.state === "cancelled" && <Badge>{t("sharing.bulk.cancelled")}</Badge>}
        </p>
      )}
      <Failures list={bulk.failures} label={tn("sharing.bulk.failed", bulk.failed)} />
      {bulk.failed > bulk.failures.length && <p className="meta">{t("sharing.bulk.first", { count: bulk.failures.length })}</p>}
    </div>
  );
}

/** What was, or would be, refused: each by name with its reason. */
export function Failures({ list, label }: { list: BulkFailure[]; label: string }) {
  if (list.length === 0) return null;
  return (
    <ul className="share-failures" aria-label={label}>
      {list.map((f) => (
        <li key={`${f.number}-${f.share}`}>
          <span className="clip strong">{f.number === null ? t("sharing.bulk.hidden") : `#${f.number} ${f.subject ?? ""}`}</span>
          <span className="meta">{f.message}</span>
        </li>
      ))}
    </ul>
  );
}
