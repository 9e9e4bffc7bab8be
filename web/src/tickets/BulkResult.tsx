import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { t, tn } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { type Bulk, allFailures, bulkOf, cancelBulk, under } from "./api";

/** How a bulk goes and what came of it: every refusal with its ticket and its reason. */
export function BulkResult({ first, onClose }: { first: Bulk; onClose: () => void }) {
  const asked = useQuery(bulkOf(first));
  const bulk = asked.data;
  const going = under(bulk);
  const whole = useInfiniteQuery({
    queryKey: ["bulk", bulk.id, "failures"],
    queryFn: ({ pageParam }) => allFailures(bulk.id, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: !going && bulk.failed > bulk.failures.length,
  });
  const failures = whole.data?.pages.flatMap((p) => p.items) ?? bulk.failures;
  const part = bulk.total > 0 ? Math.round((100 * (bulk.done + bulk.failed)) / bulk.total) : 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title={going ? t("tickets.bulk.running") : tn("tickets.bulk.changed", bulk.done)}
      subtitle={bulk.failed > 0 ? tn("tickets.bulk.refused", bulk.failed) : undefined}
      foot={
        <>
          <span className="push" />
          {going && (
            <Button kind="danger" onClick={() => void cancelBulk(bulk.id).then(() => asked.refetch(), (error: unknown) => toast({ text: explain(error), error: true }))}>
              {t("tickets.bulk.stop")}
            </Button>
          )}
          <Button kind={going ? "plain" : "primary"} onClick={onClose}>
            {t(going ? "app.close" : "app.done")}
          </Button>
        </>
      }
    >
      {going && (
        <>
          <div className="progress" role="progressbar" aria-label={t("tickets.bulk.running")} aria-valuenow={part} style={{ "--value": `${part}%` } as React.CSSProperties}>
            <i />
          </div>
          <p role="status" className="meta">
            {t("tickets.bulk.progress", { done: bulk.done + bulk.failed, total: bulk.total })}
          </p>
        </>
      )}
      {bulk.state === "cancelled" && <p className="banner">{t("tickets.bulk.stopped")}</p>}
      <ul className="bulk-failures">
        {failures.map((f, i) => (
          <li key={f.number ?? `hidden-${i}`}>
            <span className="strong">
              {f.number ? (
                <Link to="/tickets/$number" params={{ number: f.number }} className="a" onClick={onClose}>
                  #{f.number} {f.subject}
                </Link>
              ) : (
                t("tickets.bulk.hidden")
              )}
            </span>
            <span className="meta">{f.message}</span>
          </li>
        ))}
      </ul>
      {whole.hasNextPage && (
        <Button size="sm" busy={whole.isFetchingNextPage} onClick={() => void whole.fetchNextPage()}>
          {t("app.more")}
        </Button>
      )}
    </Dialog>
  );
}
