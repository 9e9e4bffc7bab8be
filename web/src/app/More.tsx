import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell, CirclePlus, Clock, House, KeyRound, SlidersHorizontal } from "lucide-react";
import { mayAdminister } from "@/admin/pages";
import { type View, notifications, viewCounts, views } from "@/api/queries";
import { useRequestCount } from "@/sharing/requests";
import { Avatar } from "@/ui/Avatar";
import { Dialog } from "@/ui/Dialog";
import { Icon } from "@/ui/Icon";
import { PartnerList, isShared, viewIcon, viewName } from "./Side";
import { t } from "./i18n";
import { useMe } from "./session";

/** What the navigation holds on a wide screen, as a sheet: in the same order, and by the same permissions. */
export function More({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const may = (permission: string) => me.permissions.includes(permission);
  const list = useQuery(views).data?.items.filter((v) => v.active && !v.hidden) ?? [];
  const counts = useQuery(viewCounts).data?.items ?? [];
  const unread = useQuery(notifications).data?.items.filter((n) => !n.read_at).length ?? 0;
  const requests = useRequestCount();
  const entry = (v: View) => {
    const count = counts.find((c) => c.view === v.key);
    return (
      <Link key={v.key} to="/tickets" search={{ view: v.key }} className="nav-item" activeOptions={{ includeSearch: true }} data-unread={(v.key.startsWith("shared-with") && !!count?.count) || undefined}>
        <Icon of={viewIcon(v)} />
        <span className="clip">{viewName(v)}</span>
        {count && (
          <span className="count">
            {count.count}
            {count.more && "+"}
          </span>
        )}
      </Link>
    );
  };
  return (
    <Dialog open onClose={onClose} title={me.account.name}>
      <nav className="more" aria-label={t("app.nav.main")} onClickCapture={(e) => (e.target as Element).closest("a") && onClose()}>
        <Link to="/" className="nav-item" activeOptions={{ exact: true }}>
          <Icon of={House} />
          <span className="clip">{t("app.nav.home")}</span>
        </Link>
        <Link to="/notifications" className="nav-item" data-unread={unread > 0 || undefined}>
          <Icon of={Bell} />
          <span className="clip">{t("app.nav.notifications")}</span>
          {unread > 0 && <span className="count">{unread}</span>}
        </Link>
        {list.filter((v) => v.system && !isShared(v)).map(entry)}
        <Link to="/scheduled" className="nav-item">
          <Icon of={Clock} />
          <span className="clip">{t("app.nav.scheduled")}</span>
        </Link>
        <h3 className="group-label">{t("app.nav.sharing")}</h3>
        {list.filter(isShared).map(entry)}
        {me.settings["partners.enabled"] === true && (["from", "to"] as const).map((way) => <PartnerList key={way} way={way} />)}
        {may("tickets.share") && (
          <Link to="/requests" className="nav-item" data-unread={requests > 0 || undefined}>
            <Icon of={KeyRound} />
            <span className="clip">{t("app.nav.requests")}</span>
            {requests > 0 && <span className="count">{requests}</span>}
          </Link>
        )}
        {list.some((v) => !v.system) && <h3 className="group-label">{t("app.nav.views")}</h3>}
        {list.filter((v) => !v.system).map(entry)}
        <hr className="menu-line" />
        {may("tickets.create") && (
          <Link to="/tickets/new" className="nav-item">
            <Icon of={CirclePlus} />
            <span className="clip">{t("app.action.new_ticket")}</span>
          </Link>
        )}
        {mayAdminister(me.permissions) && (
          <Link to="/admin" className="nav-item">
            <Icon of={SlidersHorizontal} />
            <span className="clip">{t("app.nav.admin")}</span>
          </Link>
        )}
        <Link to="/me" className="nav-item">
          <Avatar name={me.person.name} size="sm" />
          <span className="clip">{me.person.name}</span>
        </Link>
      </nav>
    </Dialog>
  );
}
