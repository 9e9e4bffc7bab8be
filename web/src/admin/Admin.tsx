import { Link, Outlet } from "@tanstack/react-router";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Icon } from "@/ui/Icon";
import { type AdminEntry, adminEntries, adminGroups } from "./nav";

/** The administration: its menu, and beside it a page. Pages that a person may not use are not offered. */
export function Admin() {
  const may = useMe().permissions;
  const entries = adminEntries.filter((e) => may.includes(e.permission));
  return (
    <div className="admin">
      <nav className="admin-nav" aria-label={t("app.nav.admin")}>
        {(Object.keys(adminGroups) as AdminEntry["group"][]).map((group) => {
          const shown = entries.filter((e) => e.group === group);
          if (shown.length === 0) return null;
          return (
            <section key={group}>
              <h2 className="group-label">{t(adminGroups[group].label)}</h2>
              {shown.map((e) => (
                <Link key={e.path} to={e.path as "/admin"} className="nav-item">
                  <Icon of={e.icon} />
                  <span className="clip">{t(e.label)}</span>
                </Link>
              ))}
            </section>
          );
        })}
      </nav>
      <div className="pane">
        <Outlet />
      </div>
    </div>
  );
}
