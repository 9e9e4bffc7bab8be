import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell, Clock, House, KeyRound, Layers, SlidersHorizontal, UserRound } from "lucide-react";
import { notifications, viewCounts, views } from "@/api/queries";
import { Dialog } from "@/ui/Dialog";
import { Icon } from "@/ui/Icon";
import { viewName } from "./Side";
import { t } from "./i18n";
import { useMe } from "./session";

/** What the navigation holds on a wide screen, as a sheet. */
export function More({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const list = useQuery(views).data?.items ?? [];
  const counts = useQuery(viewCounts).data?.items ?? [];
  const unread = useQuery(notifications).data?.items.filter((n) => !n.read_at).length ?? 0;
  return (
    <Dialog open onClose={onClose} title={me.account.name}>
      <nav className="more" aria-label={t("app.nav.main")} onClickCapture={(e) => (e.target as Element).closest("a") && onClose()}>
        <Link to="/" className="nav-item" activeOptions={{ exact: true }}>
          <Icon of={House} />
          <span className="clip">{t("app.nav.home")}</span>
        </Link>
        <Link to="/notifications" className="nav-item">
          <Icon of={Bell} />
          <span className="clip">{t("app.nav.notifications")}</span>
          {unread > 0 && <span className="count">{unread}</span>}
        </Link>
        {list
          .filter((v) => v.active && !v.hidden)
          .map((v) => (
            <Link key={v.key} to="/tickets" search={{ view: v.key }} className="nav-item">
              <Icon of={Layers} />
              <span className="clip">{viewName(v)}</span>
              <span className="count">{counts.find((c) => c.view === v.key)?.count}</span>
            </Link>
          ))}
        <Link to="/scheduled" className="nav-item">
          <Icon of={Clock} />
          <span className="clip">{t("app.nav.scheduled")}</span>
        </Link>
        <Link to="/requests" className="nav-item">
          <Icon of={KeyRound} />
          <span className="clip">{t("app.nav.requests")}</span>
        </Link>
        <Link to="/admin" className="nav-item">
          <Icon of={SlidersHorizontal} />
          <span className="clip">{t("app.nav.admin")}</span>
        </Link>
        <Link to="/me" className="nav-item">
          <Icon of={UserRound} />
          <span className="clip">{me.person.name}</span>
        </Link>
      </nav>
    </Dialog>
  );
}
