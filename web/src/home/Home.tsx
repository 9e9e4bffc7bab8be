import "./home.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { CirclePlus } from "lucide-react";
import { useEffect, useState } from "react";
import type { Schema } from "@/api/client";
import { type Notification, type Row, notifications } from "@/api/queries";
import { known, t, tn } from "@/app/i18n";
import { useMay, useMe } from "@/app/session";
import { RowBadge } from "@/sharing/RowBadge";
import { StatusMark } from "@/tickets/Status";
import { home } from "@/tickets/api";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Icon } from "@/ui/Icon";
import { Page, Section } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty, Failed, Skeleton } from "@/ui/states";

const tabs = ["assigned_to_me", "shared_with_me", "shared_with_my_groups"] as const;
type TabName = (typeof tabs)[number];
const viewOf: Record<TabName, string> = { assigned_to_me: "mine", shared_with_me: "shared-with-me", shared_with_my_groups: "shared-with-my-groups" };

/** The start page: what is assigned to and shared with who is signed in, and what happened last. */
export function Home() {
  const me = useMe();
  const go = useNavigate();
  const [tab, setTab] = useState<TabName>("assigned_to_me");
  const found = useQuery(home());
  const mayCreate = useMay("tickets.create");
  const hour = new Date().getHours();
  const part = hour < 5 ? "night" : hour < 12 ? "morning" : hour < 18 ? "day" : "evening";
  const waits = found.data?.assigned_to_me;
  useEffect(() => {
    if (found.data && found.data.assigned_to_me.count === 0 && found.data.shared_with_me.count > 0) setTab((now) => (now === "assigned_to_me" ? "shared_with_me" : now));
    // Only what the first answer says chooses the tab.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [!found.data]);
  const arrows = (e: React.KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!by) return;
    e.preventDefault();
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length] ?? tab;
    setTab(next);
    document.getElementById(`home-tab-${next}`)?.focus();
  };
  return (
    <Page
      title={t(`tickets.home.hello_${part}`, { name: me.person.name.split(/\s+/)[0] ?? me.person.name })}
      lead={waits ? (waits.count === 0 ? t("tickets.home.waits_none") : waits.more ? t("tickets.home.waits_more", { count: waits.count }) : tn("tickets.home.waits", waits.count)) : " "}
      actions={
        mayCreate && (
          <Link to="/tickets/new" className="btn">
            <Icon of={CirclePlus} />
            {t("app.action.new_ticket")}
          </Link>
        )
      }
    >
      <section className="section" aria-label={t("tickets.home.tickets")}>
        <div className="home-tabs">
          <div className="tabs" role="tablist" tabIndex={-1} aria-label={t("tickets.home.tickets")} onKeyDown={arrows}>
            {tabs.map((name) => (
              <button key={name} id={`home-tab-${name}`} type="button" role="tab" className="tab" aria-selected={tab === name} aria-controls="home-panel" tabIndex={tab === name ? 0 : -1} onClick={() => setTab(name)}>
                {t(`tickets.home.${name}`)}
                {found.data && (
                  <span className="count">
                    {found.data[name].count}
                    {found.data[name].more && "+"}
                  </span>
                )}
              </button>
            ))}
          </div>
          <Link to="/tickets" search={{ view: viewOf[tab] }} className="a push">
            {t("tickets.home.all")}
          </Link>
        </div>
        <div role="tabpanel" id="home-panel" aria-labelledby={`home-tab-${tab}`}>
          {found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : found.data ? <Tickets tab={found.data[tab]} name={tab} /> : <Skeleton lines={5} height={36} />}
        </div>
      </section>
      <Recent onAll={() => void go({ to: "/notifications" })} />
    </Page>
  );
}

function Tickets({ tab, name }: { tab: Schema<"Tab">; name: TabName }) {
  const rows = tab.items as Row[];
  if (rows.length === 0)
    return (
      <Empty drawing={name === "assigned_to_me" ? "done" : "share"} title={t(`tickets.home.${name}_none`)}>
        {t(`tickets.home.${name}_none_text`)}
      </Empty>
    );
  return (
    <ul>
      {rows.map((row) => (
        <li key={row.number}>
          <Link to="/tickets/$number" params={{ number: row.number }} search={{ view: viewOf[name] }} className="line-item home-item home-ticket" data-unread={row.unread || undefined}>
            <StatusMark status={row.status} name={row.status_name} />
            <span className="grow">
              <span className="strong clip">
                {row.unread && <span className="vh">{t("tickets.unread")} </span>}
                {row.subject}
              </span>
              <span className="meta clip">
                {row.requester.name || row.requester.address} · <When at={row.updated_at} as="ago" />
              </span>
            </span>
            <span className="cluster">
              {(row.priority === "urgent" || row.priority === "high") && <Badge tone={row.priority === "urgent" ? "danger" : "warn"}>{t(`tickets.priority.${row.priority}`)}</Badge>}
              <RowBadge row={row} />
              {row.tags.slice(0, 2).map((tag) => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </span>
            {row.unread && <span className="dot" />}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** What a notification says, in one line. */
function said(n: Notification): string {
  const key = `tickets.notice.${n.kind}`;
  return known(key) ? t(key, { name: n.actor?.name ?? t("tickets.share.desk") }) : (n.actor?.name ?? n.kind);
}

function Recent({ onAll }: { onAll: () => void }) {
  const found = useQuery(notifications);
  const items = found.data?.items.slice(0, 6) ?? [];
  return (
    <Section
      title={t("tickets.home.recent")}
      actions={
        <button type="button" className="a" onClick={onAll}>
          {t("tickets.home.all")}
        </button>
      }
    >
      {found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : found.isPending ? (
        <Skeleton lines={3} height={28} />
      ) : items.length === 0 ? (
        <p className="meta">{t("tickets.home.recent_none")}</p>
      ) : (
        <ul>
          {items.map((n) => (
            <li key={n.id}>
              {n.ticket ? (
                <Link to="/tickets/$number" params={{ number: n.ticket.number }} className="line-item home-item">
                  <Notice n={n} />
                </Link>
              ) : (
                <div className="line-item home-item">
                  <Notice n={n} />
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Notice({ n }: { n: Notification }) {
  return (
    <>
      <Avatar name={n.actor?.name ?? "Deskmesh"} kind={n.actor ? "person" : "system"} />
      <span className="grow">
        <span className="strong clip">{said(n)}</span>
        <span className="meta clip">
          {n.ticket ? `${n.ticket.subject} · ` : ""}
          <When at={n.at} as="ago" />
        </span>
      </span>
      <span className="cluster">
        {!n.read_at && (
          <>
            <span className="dot" />
            <span className="vh">{t("tickets.unread")}</span>
          </>
        )}
      </span>
    </>
  );
}
