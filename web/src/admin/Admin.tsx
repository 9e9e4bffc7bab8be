import { Link, Outlet, useMatches, useNavigate } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Select } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import "./admin.css";
import { Guarded } from "./ui";
import { type AdminEntry, adminEntries, adminGroups } from "./nav";

const narrow = matchMedia("(max-width: 719px)");
const onNarrow = (tell: () => void) => {
  narrow.addEventListener("change", tell);
  return () => narrow.removeEventListener("change", tell);
};

/** The administration: its menu, and beside it a page; on a phone the menu is one field above it. Pages that a person may not use are not offered. */
export function Admin() {
  const may = useMe().permissions;
  const entries = adminEntries.filter((e) => may.includes(e.permission));
  const go = useNavigate();
  const phone = useSyncExternalStore(onNarrow, () => narrow.matches);
  // The page of one group is also for its owner, and sees to that itself.
  const shown = useMatches({ select: (all) => all.at(-1)?.pathname ?? "" });
  const page = adminEntries.find((e) => shown === e.path || (shown.startsWith(`${e.path}/`) && e.path !== "/admin/groups"));
  const here = adminEntries.find((e) => shown === e.path || shown.startsWith(`${e.path}/`))?.path ?? "";
  const groups = (Object.keys(adminGroups) as AdminEntry["group"][]).map((group) => ({ group, list: entries.filter((e) => e.group === group) })).filter((g) => g.list.length > 0);
  return (
    <div className="admin">
      <nav className="admin-nav" aria-label={t("app.nav.admin")}>
        {phone ? (
          <Select aria-label={t("app.nav.admin")} value={here} onChange={(e) => void go({ to: e.target.value as "/admin" })}>
            {!entries.some((e) => e.path === here) && <option value={here}>{t("app.nav.admin")}</option>}
            {groups.map(({ group, list }) => (
              <optgroup key={group} label={t(adminGroups[group].label)}>
                {list.map((e) => (
                  <option key={e.path} value={e.path}>
                    {t(e.label)}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
        ) : (
          groups.map(({ group, list }) => (
            <section key={group}>
              <h2 className="group-label">{t(adminGroups[group].label)}</h2>
              {list.map((e) => (
                <Link key={e.path} to={e.path as "/admin"} className="nav-item">
                  <Icon of={e.icon} />
                  <span className="clip">{t(e.label)}</span>
                </Link>
              ))}
            </section>
          ))
        )}
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
