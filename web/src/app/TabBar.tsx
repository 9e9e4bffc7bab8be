import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowDownLeft, Inbox, Menu as MenuIcon, Search } from "lucide-react";
import { Suspense, useState } from "react";
import { viewCounts } from "@/api/queries";
import { Icon } from "@/ui/Icon";
import { t } from "./i18n";
import { late } from "./late";

const More = late(() => import("./More"), "More");

/** The bar at the bottom of a phone. */
export function TabBar({ onSearch }: { onSearch: () => void }) {
  const [more, setMore] = useState(false);
  const shared = useQuery(viewCounts).data?.items.find((c) => c.view === "shared-with-me")?.count ?? 0;
  return (
    <nav className="tabbar only-phone" aria-label={t("app.nav.bottom")}>
      <Link to="/tickets" search={{ view: "all" }}>
        <Icon of={Inbox} />
        {t("app.nav.inbox")}
      </Link>
      <Link to="/tickets" search={{ view: "shared-with-me" }}>
        <Icon of={ArrowDownLeft} />
        {t("app.nav.shared_short")}
        {shared > 0 && <span className="dot" />}
      </Link>
      <button type="button" onClick={onSearch}>
        <Icon of={Search} />
        {t("app.search")}
      </button>
      <button type="button" onClick={() => setMore(true)} aria-expanded={more}>
        <Icon of={MenuIcon} />
        {t("app.nav.more")}
      </button>
      <Suspense>{more && <More onClose={() => setMore(false)} />}</Suspense>
    </nav>
  );
}
