import { Link, Outlet, useLocation, useMatches } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Icon } from "@/ui/Icon";
import "./admin.css";
import { Guarded } from "./ui";
import { type AdminEntry, adminEntries, adminGroups } from "./nav";

/** The administration: its menu, and beside it a page. Pages that a person may not use are not offered. */
export function Admin() {
  const may = useMe().permissions;
  const entries = adminEntries.filter((e) => may.includes(e.permission));
  const nav = useRef<HTMLElement>(null);
  const path = useLocation({ select: (l) => l.pathname });
  useEffect(() => {
    // On a phone the menu is one line: the page that is open stands in sight.
    nav.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [path]);
  // The page of one group is also for its owner, and sees to that itself.
  const shown = useMatches({ select: (all) => all.at(-1)?.pathname ?? "" });
  const page = adminEntries.find((e) => shown === e.path || (shown.startsWith(`${e.path}/`) && e.path !== "/admin/groups"));
  return (
    <div className="admin">
      <nav ref={nav} className="admin-nav" aria-label={t("app.nav.admin")}>
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
        {page ? (
          <Guarded permissions={[page.permission]} title={t(page.label)}>
            <Outlet />
          </Guarded>
        ) : (
          <Outlet />
        )}
      </div>
    </div>
  );
}
