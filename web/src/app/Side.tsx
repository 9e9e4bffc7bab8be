import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowDownLeft, ArrowUpRight, Bell, CircleHelp, CirclePlus, Clock, House, Inbox, KeyRound, Layers, Link2Off, Search, ShieldAlert, SlidersHorizontal, Tag, Trash2, UserRound, UsersRound } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { mayAdminister } from "@/admin/pages";
import { type View, notifications, viewCounts, views } from "@/api/queries";
import { Avatar } from "@/ui/Avatar";
import { Keys } from "@/ui/Button";
import { Icon, Logo } from "@/ui/Icon";
import { t, tn } from "./i18n";
import { useMay, useMe } from "./session";
import { filters } from "@/tickets/api";
import { useRequestCount } from "@/sharing/requests";

const icons: Record<string, LucideIcon> = {
  mine: UserRound, unassigned: UsersRound, all: Inbox, "shared-with-me": ArrowDownLeft, "shared-with-my-groups": ArrowDownLeft, "shared-by-me": ArrowUpRight,
  "recently-unshared": Link2Off, recent: Clock, spam: ShieldAlert, deleted: Trash2,
};

/** The name of a view: the desk's own views have one in the catalogue. */
export function viewName(view: Pick<View, "key" | "name" | "system">): string {
  const names: Record<string, string> = {
    mine: t("app.nav.mine"), unassigned: t("app.nav.unassigned"), all: t("app.nav.inbox"), "shared-with-me": t("app.nav.shared"),
    "shared-with-my-groups": t("app.nav.shared_groups"), "shared-by-me": t("app.nav.shared_by_me"), "recently-unshared": t("app.nav.unshared"), spam: t("app.nav.spam"), deleted: t("app.nav.deleted"),
  };
  return (view.system && names[view.key]) || view.name;
}

const sharing = new Set(["shared-with-me", "shared-with-my-groups", "shared-by-me", "recently-unshared"]);
/** isShared says whether a view stands under Sharing. */
export const isShared = (view: Pick<View, "key">) => sharing.has(view.key);
export const viewIcon = (view: Pick<View, "key" | "for">): LucideIcon => icons[view.key] ?? (view.for.kind === "owner" ? Tag : Layers);

/** The navigation at the left: views with their counts, sharing, administration. */
export function Side({ onSearch, onKeys }: { onSearch: () => void; onKeys: () => void }) {
  const me = useMe();
  const list = useQuery(views).data?.items ?? [];
  const counts = useQuery(viewCounts).data?.items ?? [];
  const unread = useQuery(notifications).data?.items.filter((n) => !n.read_at).length ?? 0;
  const requests = useRequestCount();
  const admin = mayAdminister(me.permissions);
  const shown = list.filter((v) => v.active && !v.hidden);
  const entry = (v: View) => {
    const count = counts.find((c) => c.view === v.key);
    return <ViewLink key={v.key} view={v} count={count?.count ?? undefined} more={count?.more ?? false} />;
  };
  return (
    <nav className="side" aria-label={t("app.nav.main")}>
      <div className="side-top">
        <Logo />
        <strong className="clip">{me.account.name}</strong>
        <span className="push" />
        <Link to="/notifications" className="icon-btn" aria-label={unread ? tn("app.nav.unread", unread) : t("app.nav.notifications")} title={t("app.nav.notifications")}>
          <Icon of={Bell} />
          {unread > 0 && <span className="dot bell-dot" />}
        </Link>
      </div>
      <button type="button" className="side-find" onClick={onSearch} title={t("app.action.palette")}>
        <Icon of={Search} />
        <span>{t("app.find")}</span>
        <Keys of="mod+k" />
      </button>
      <Link to="/" className="nav-item" activeOptions={{ exact: true }} title={t("app.nav.home")}>
        <Icon of={House} />
        <span className="clip">{t("app.nav.home")}</span>
      </Link>
      {shown.filter((v) => v.system && !isShared(v)).map(entry)}
      <Link to="/scheduled" className="nav-item" title={t("app.nav.scheduled")}>
        <Icon of={Clock} />
        <span className="clip">{t("app.nav.scheduled")}</span>
      </Link>
      <h2 className="group-label">{t("app.nav.sharing")}</h2>
      {shown.filter(isShared).map(entry)}
      {me.settings["partners.enabled"] === true && (["from", "to"] as const).map((way) => <PartnerList key={way} way={way} />)}
      {useMay("tickets.share") && (
        <Link to="/requests" className="nav-item" data-unread={requests > 0 || undefined} title={t("app.nav.requests")}>
          <Icon of={KeyRound} />
          <span className="clip">{t("app.nav.requests")}</span>
          {requests > 0 && <span className="count">{requests}</span>}
        </Link>
      )}
      {shown.some((v) => !v.system) && <h2 className="group-label">{t("app.nav.views")}</h2>}
      {shown.filter((v) => !v.system).map(entry)}
      <div className="side-foot">
        {me.permissions.includes("tickets.create") && (
          <Link to="/tickets/new" className="nav-item" title={t("app.action.new_ticket")}>
            <Icon of={CirclePlus} />
            <span className="clip">{t("app.action.new_ticket")}</span>
          </Link>
        )}
        {admin && (
          <Link to="/admin" className="nav-item" title={t("app.nav.admin")}>
            <Icon of={SlidersHorizontal} />
            <span className="clip">{t("app.nav.admin")}</span>
          </Link>
        )}
        <button type="button" className="nav-item" onClick={onKeys} title={t("app.action.keys")}>
          <Icon of={CircleHelp} />
          <span className="clip">{t("app.nav.help")}</span>
        </button>
        <Link to="/me" className="nav-item" title={me.person.name}>
          <Avatar name={me.person.name} size="sm" />
          <span className="clip">{me.person.name}</span>
        </Link>
      </div>
    </nav>
  );
}

/** The tickets that came from other desks, or went there. */
export function PartnerList({ way }: { way: "from" | "to" }) {
  const field = useQuery(filters).data?.find((f) => f.key === `partner_${way}`);
  if (!field) return null;
  const name = t(way === "from" ? "app.nav.from_partners" : "app.nav.to_partners");
  return (
    <Link to="/tickets" search={{ view: "all", filter: `{"all":[{"field":"partner_${way}","op":"not_empty"}]}` }} className="nav-item" title={name} activeOptions={{ includeSearch: true }}>
      <Icon of={way === "from" ? ArrowDownLeft : ArrowUpRight} />
      <span className="clip">{name}</span>
    </Link>
  );
}

function ViewLink({ view, count, more }: { view: View; count: number | undefined; more: boolean }) {
  const name = viewName(view);
  const shared = view.key.startsWith("shared-with");
  return (
    <Link
      to="/tickets"
      search={{ view: view.key }}
      className="nav-item"
      title={name}
      activeOptions={{ includeSearch: true }}
      data-view={view.key}
      data-unread={(shared && !!count) || undefined}
    >
      <Icon of={viewIcon(view)} />
      <span className="clip">{name}</span>
      {count !== undefined && (
        <span className="count">
          {count}
          {more && "+"}
        </span>
      )}
    </Link>
  );
}
