import { RotateCw } from "lucide-react";
import { call, client, once } from "@/api/client";
import type { Ticket } from "@/api/queries";
import { t } from "@/app/i18n";
import { useDo } from "@/desk/parts";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { LoadMore } from "@/ui/LoadMore";
import { usePages } from "@/ui/Table";
import { When } from "@/ui/When";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { MailState, type SentMail, mailKind, whyNot } from "./mailState";

/** Every mail that left for a ticket, or is to leave, newest first. */
export function MailsSent({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const { number } = ticket;
  const list = usePages(["ticket", number, "mails"], (cursor) => call(client.GET("/tickets/{number}/mails", { params: { path: { number }, query: cursor } })), 5000);
  return (
    <Dialog open onClose={onClose} width={720} title={t("app.mails")} subtitle={`#${number} ${ticket.subject}`}>
      {list.error ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Skeleton lines={5} height={20} />
      ) : list.items.length === 0 ? (
        <Empty title={t("app.mails.empty")}>{t("app.mails.empty_text")}</Empty>
      ) : (
        <>
          <ul className="mails-sent">
            {list.items.map((m) => (
              <Line key={m.id} of={m} number={number} />
            ))}
          </ul>
          <LoadMore list={list} />
        </>
      )}
    </Dialog>
  );
}

function Line({ of: m, number }: { of: SentMail; number: number }) {
  const doIt = useDo(["ticket", number]);
  const why = whyNot(m);
  const again = () => doIt(() => call(client.POST("/tickets/{number}/mails/{id}/retry", { params: { path: { number, id: m.id } }, headers: once() })), t("app.mails.retried"));
  return (
    <li>
      <div className="grow">
        <p className="cluster">
          <span className="strong">{m.person?.name || m.to}</span>
          {m.person?.name && <span className="meta">{m.to}</span>}
        </p>
        <p className="meta">
          {mailKind(m.kind)} · <When at={m.updated_at} as="exact" />
        </p>
        {why && <p className="server-said">{why}</p>}
        {m.next_at && m.state === "deferred" && (
          <p className="meta">
            {t("app.mails.next")} <When at={m.next_at} as="exact" />
          </p>
        )}
      </div>
      <MailState of={m.state} />
      {m.retryable && (
        <Button size="sm" icon={RotateCw} aria-label={t("app.mails.retry_to", { name: m.to })} onClick={() => void again()}>
          {t("app.mails.retry")}
        </Button>
      )}
    </li>
  );
}
