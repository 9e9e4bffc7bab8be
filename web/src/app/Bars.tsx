import { RefreshCw, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { onLive } from "@/api/live";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { t } from "./i18n";

/** The strips above everything: no connection, and a newer build than this page. */
export function Bars() {
  const [offline, setOffline] = useState(!navigator.onLine);
  const [newer, setNewer] = useState(false);
  useEffect(() => {
    let late: ReturnType<typeof setTimeout> | undefined;
    const set = (off: boolean, after = 0) => {
      clearTimeout(late);
      late = setTimeout(() => setOffline(off), after);
    };
    const on = () => set(false);
    const off = () => set(true);
    addEventListener("online", on);
    addEventListener("offline", off);
    const stop = onLive((line) => {
      if (line.event !== "connection") return;
      // A server that restarts is back within a few seconds: no strip for that.
      if (line.open) {
        set(false);
        void isNewer().then((is) => is && setNewer(true));
      } else set(true, 8000);
    });
    return () => {
      clearTimeout(late);
      removeEventListener("online", on);
      removeEventListener("offline", off);
      stop();
    };
  }, []);
  return (
    <div className="strips" role="status">
      {offline && (
        <p className="strip" data-tone="warn">
          <Icon of={WifiOff} />
          {t("app.offline")}
        </p>
      )}
      {newer && (
        <p className="strip" data-tone="accent">
          <Icon of={RefreshCw} />
          {t("app.newer")}
          <Button size="sm" onClick={() => location.reload()}>
            {t("app.reload")}
          </Button>
        </p>
      )}
    </div>
  );
}

/** isNewer says whether the server serves another build than this page: its start page names another script. */
async function isNewer(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.getAttribute("src");
  if (!own?.startsWith("/assets/")) return false;
  try {
    const answer = await fetch("/", { headers: { Accept: "text/html" }, cache: "no-store" });
    const page = answer.ok ? await answer.text() : "";
    return page.includes('id="root"') && !page.includes(own);
  } catch {
    return false;
  }
}
