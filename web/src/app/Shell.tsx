import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Suspense, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { toasts } from "@/ui/toast";
import { Bars } from "./Bars";
import { Side } from "./Side";
import { TabBar } from "./TabBar";
import { t } from "./i18n";
import { late } from "./late";
import { rememberTicket } from "./recent";
import { useMay } from "./session";
import { listenForKeys, useActions } from "./shortcuts";
import { undoLast } from "@/ui/toast";
import { toast } from "@/ui/toast";

const Palette = late(() => import("./Palette"), "Palette");
const KeySheet = late(() => import("./KeySheet"), "KeySheet");
const Toasts = late(() => import("@/ui/Toasts"), "Toasts");

/** What stands around every screen: navigation, strips about the connection, the palette, the keys and the toasts. */
export function Shell() {
  const [open, setOpen] = useState<"" | "palette" | "keys">("");
  const go = useNavigate();
  const mayCreate = useMay("tickets.create");
  const told = useSyncExternalStore(toasts.subscribe, toasts.get).length > 0;
  useEffect(() => listenForKeys(), []);
  // Fetched in a quiet moment, so that nobody types into a palette that is not there yet, or waits for the texts of a dialog.
  useEffect(() => {
    const timer = setTimeout(() => void Palette.load().catch(() => undefined), 1500);
    return () => clearTimeout(timer);
  }, []);
  useFocusOnMove();
  useRecent();
  useActions([
    { id: "palette", label: "app.action.palette", keys: "mod+k", group: "any", whileTyping: true, keyOnly: true, run: () => setOpen((now) => (now === "palette" ? "" : "palette")) },
    { id: "search", label: "app.action.search", keys: "/", group: "any", run: () => setOpen("palette") },
    { id: "keys", label: "app.action.keys", keys: "?", group: "any", run: () => setOpen("keys") },
    { id: "undo", label: "app.action.undo", keys: "z", group: "any", run: () => void (undoLast() || toast(t("app.undo.none"))) },
    { id: "go-home", label: "app.nav.home", keys: "g h", group: "go", run: () => void go({ to: "/" }) },
    { id: "go-inbox", label: "app.nav.inbox", keys: "g i", group: "go", run: () => void go({ to: "/tickets", search: { view: "all" } }) },
    { id: "go-mine", label: "app.nav.mine", keys: "g m", group: "go", run: () => void go({ to: "/tickets", search: { view: "mine" } }) },
    { id: "go-shared", label: "app.nav.shared", keys: "g s", group: "go", run: () => void go({ to: "/tickets", search: { view: "shared-with-me" } }) },
    { id: "go-notifications", label: "app.nav.notifications", keys: "g n", group: "go", run: () => void go({ to: "/notifications" }) },
    ...(mayCreate ? [{ id: "new-ticket", label: "app.action.new_ticket" as const, keys: "c", group: "any" as const, run: () => void go({ to: "/tickets/new" }) }] : []),
  ]);
  return (
    <>
      <a className="skip" href="#main">
        {t("app.skip")}
      </a>
      <Bars />
      <div className="app">
        <Side onSearch={() => setOpen("palette")} onKeys={() => setOpen("keys")} />
        <div className="work">
          <Outlet />
        </div>
        <TabBar onSearch={() => setOpen("palette")} />
      </div>
      <Suspense>
        {open === "palette" && <Palette onClose={() => setOpen("")} />}
        {open === "keys" && <KeySheet onClose={() => setOpen("")} />}
        {told && <Toasts />}
      </Suspense>
    </>
  );
}

/** useFocusOnMove puts the focus on the heading when the address leads to another page, for keyboards and screen readers. */
function useFocusOnMove() {
  const path = useLocation({ select: (l) => l.pathname });
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const timer = setTimeout(() => {
      const busy = document.querySelector('[role="dialog"]');
      if (!busy) document.querySelector<HTMLElement>("[data-heading]")?.focus({ preventScroll: true });
    }, 60);
    return () => clearTimeout(timer);
  }, [path]);
}

/** useRecent remembers which ticket is open, for the palette. */
function useRecent() {
  const number = useLocation({ select: (l) => Number(/^\/tickets\/([1-9]\d{0,15})$/.exec(l.pathname)?.[1] ?? 0) });
  useEffect(() => {
    if (number > 0) rememberTicket(number);
  }, [number]);
}
