import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useMemo, useState } from "react";
import type { Ticket } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { When } from "@/ui/When";
import { events, fields } from "./api";
import { csv, save } from "./csv";
import { actorOf, describe } from "./describe";

const parts = ["all", "sharing", "changes"] as const;

/** Everything that happened to a ticket, newest first, to look at and to take along. */
export function History({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const list = useQuery(events(ticket.number));
  const names = useQuery(fields).data?.items;
  const [part, setPart] = useState<(typeof parts)[number]>("all");
  const lines = useMemo(() => {
    const own = new Map(names?.map((f) => [f.id, f.name]));
    const all = (list.data ?? []).map((e) => {
      const line = describe(e, own);
      return { event: e, sharing: line?.sharing ?? false, text: line?.said_plain ?? t("ticket.event.message", { who: actorOf(e), kind: t(`ticket.kind.${(e.message?.kind ?? "reply") as "reply"}`) }) };
    });
    return all.filter((l) => part === "all" || (part === "sharing") === l.sharing).reverse();
  }, [list.data, names, part]);

  const take = () => {
    const head = [t("ticket.history.at"), t("ticket.history.who"), t("ticket.history.what"), "kind", "field", "old", "new", "target", "level", "cause"];
    const rows = lines.toReversed().flatMap(({ event: e, text }) => {
      const rest = [e.share?.target?.name ?? "", e.share?.new?.level ?? e.share?.old?.level ?? "", e.cause.kind];
      const changes = e.changes.length > 0 ? e.changes : [{ field: "", old: "", new: "" }];
      return changes.map((c) => [e.at, e.actor?.name ?? (e.cause.kind === "partner" ? e.cause.name : ""), text, e.kind, c.field, c.old, c.new, ...rest]);
    });
    save(`ticket-${ticket.number}-history.csv`, csv([head, ...rows]), "text/csv;charset=utf-8");
  };
  return (
    <Dialog
      open
      onClose={onClose}
      width={760}
      title={t("ticket.history")}
      subtitle={`#${ticket.number} ${ticket.subject}`}
      foot={
        <>
          <span className="meta" role="status">
            {list.data && tn("ticket.history.lines", lines.length)}
          </span>
          <span className="push" />
          <Button icon={Download} reason={lines.length ? undefined : t("ticket.history.none")} onClick={take}>
            {t("ticket.history.csv")}
          </Button>
        </>
      }
    >
      <div className="tabs" role="group" aria-label={t("ticket.filter")}>
        {parts.map((p) => (
          <button key={p} type="button" className="tab" aria-pressed={p === part} onClick={() => setPart(p)}>
            {t(`ticket.filter.${p}`)}
          </button>
        ))}
      </div>
      {list.isPending && <Skeleton lines={6} />}
      {list.error && !list.data && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data && lines.length === 0 && <Empty title={t("ticket.history.none")} />}
      {lines.length > 0 && (
        <table className="table history">
          <thead>
            <tr>
              <th scope="col">{t("ticket.history.what")}</th>
              <th scope="col">{t("ticket.history.at")}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((l) => (
              <tr key={l.event.id}>
                <td>{l.text}</td>
                <td>
                  <When at={l.event.at} as="exact" className="meta" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}
