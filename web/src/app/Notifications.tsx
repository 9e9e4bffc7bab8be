import { type InfiniteData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, CheckCheck, Settings2 } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import type { Notification } from "@/api/queries";
import { Avatar } from "@/ui/Avatar";
import { Button, IconButton } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty, Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { LoadMore } from "@/ui/LoadMore";
import { known, t } from "./i18n";
import "./own.css";
import { day } from "./time";

type Pages = InfiniteData<Schema<"ListOfNotification">>;

/** What happened, in words: with who did it, or without where the desk did. */
function words(n: Notification): string {
  const key = n.actor ? `app.notifications.by.${n.kind}` : `app.notifications.kind.${n.kind}`;
  if (known(key)) return t(key, { name: n.actor?.name ?? "" });
  return n.actor ? t("app.notifications.by.update", { name: n.actor.name }) : t("app.notifications.kind.update");
}

/** What somebody was told, the newest first, under their days. */
export function Notifications() {
  const [unread, setUnread] = useState(false);
  const queries = useQueryClient();
  const key = ["notifications", "page", unread];
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => call(client.GET("/notifications", { params: { query: { limit: 50, unread, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const read = useMutation({
    mutationFn: (which: { ids: number[] } | { up_to: number }) => call(client.POST("/notifications/read", { body: which })),
    onMutate: (which) => {
      const before = queries.getQueryData<Pages>(key);
      const now = new Date().toISOString();
      const hit = (n: Notification) => !n.read_at && ("ids" in which ? which.ids.includes(n.id) : n.id <= which.up_to);
      queries.setQueryData<Pages>(key, (data) => data && { ...data, pages: data.pages.map((p) => ({ ...p, items: p.items.map((n) => (hit(n) ? { ...n, read_at: now } : n)) })) });
      return { before };
    },
    onError: (error, _, kept) => {
      queries.setQueryData(key, kept?.before);
      toast({ text: explain(error), error: true });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["notifications"] }),
  });
  const newest = items[0]?.id;
  const some = items.some((n) => !n.read_at);
  const days = [...Map.groupBy(items, (n) => day(n.at))];
  return (
    <Page
      title={t("app.nav.notifications")}
      width={760}
      actions={
        <>
          {some && newest && (
            <Button icon={CheckCheck} busy={read.isPending} onClick={() => read.mutate({ up_to: newest })}>
              {t("app.notifications.read_all")}
            </Button>
          )}
          <Link to="/me" hash="notices" className="btn" data-kind="quiet">
            <Settings2 className="icon" aria-hidden="true" />
            {t("app.notifications.choose")}
          </Link>
        </>
      }
    >
      <div className="tabs" role="group" aria-label={t("app.notifications.show")}>
        <button type="button" className="tab" aria-pressed={!unread} onClick={() => setUnread(false)}>
          {t("app.notifications.all")}
        </button>
        <button type="button" className="tab" aria-pressed={unread} onClick={() => setUnread(true)}>
          {t("app.notifications.unread")}
        </button>
      </div>
      {list.isPending && <Skeleton lines={6} height={20} />}
      {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data && items.length === 0 && (
        <Empty title={unread ? t("app.notifications.none_unread") : t("app.notifications.none")} drawing="done" action={unread ? <Button onClick={() => setUnread(false)}>{t("app.notifications.show_all")}</Button> : <Link to="/me" hash="notices" className="btn">{t("app.notifications.choose")}</Link>}>
          {t("app.notifications.none_text")}
        </Empty>
      )}
      {days.map(([name, lines]) => (
        <section key={name} className="day" aria-label={name}>
          <h2>{name}</h2>
          {lines.map((n) => (
            <Line key={n.id} of={n} read={() => n.read_at || read.mutate({ ids: [n.id] })} />
          ))}
        </section>
      ))}
      <LoadMore list={list} />
    </Page>
  );
}

function Line({ of: n, read }: { of: Notification; read: () => void }) {
  return (
    <div className="notice" data-unread={!n.read_at || undefined}>
      <Avatar name={n.actor?.name ?? "Deskmesh"} kind={n.actor ? "person" : "system"} />
      <div className="notice-text">
        {n.ticket ? (
          <Link to="/tickets/$number" params={{ number: n.ticket.number }} search={{ view: "all" }} onClick={read}>
            {words(n)}
          </Link>
        ) : (
          <span>{words(n)}</span>
        )}
        <span className="meta clip">{n.ticket ? `#${n.ticket.number} ${n.ticket.subject}` : t("app.notifications.closed")}</span>
      </div>
      <div className="notice-end">
        <When at={n.at} as="ago" />
        {!n.read_at && (
          <>
            <span className="dot" title={t("app.notifications.unread")} />
            <span className="vh">{t("app.notifications.unread")}</span>
            <IconButton icon={Check} label={t("app.notifications.read")} onClick={read} />
          </>
        )}
      </div>
    </div>
  );
}
