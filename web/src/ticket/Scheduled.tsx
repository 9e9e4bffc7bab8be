import "./ticket.css";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { LaterRow } from "./LaterStrip";
import { ownScheduled } from "./later";

/** One's own messages that are sent later, the next one first. */
export function Scheduled() {
  const list = useInfiniteQuery(ownScheduled);
  const items = list.data?.pages.flatMap((p) => p.items).filter((l) => !l.undo || l.state !== "waiting") ?? [];
  return (
    <Page title={t("ticket.later.page")} lead={t("ticket.later.page_lead")} width={760}>
      {list.isPending && <Skeleton lines={3} height={40} />}
      {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data && items.length === 0 && (
        <Empty title={t("ticket.later.none")} drawing="done">
          {t("ticket.later.none_text")}
        </Empty>
      )}
      {items.length > 0 && (
        <ul className="later-list" data-page>
          {items.map((l) => (
            <LaterRow
              key={l.id}
              later={l}
              ticket={
                <Link to="/tickets/$number" params={{ number: l.ticket.number }} className="clip">
                  #{l.ticket.number} {l.ticket.subject}
                </Link>
              }
            />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("app.more")}
        </Button>
      )}
    </Page>
  );
}
