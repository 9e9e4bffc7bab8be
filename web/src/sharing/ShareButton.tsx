import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { Share2 } from "lucide-react";
import { Suspense, useCallback, useEffect, useRef } from "react";
import { ticket as ticketOf } from "@/api/queries";
import { t } from "@/app/i18n";
import { whenIdle } from "@/app/idle";
import { late } from "@/app/late";
import { useMe } from "@/app/session";
import { useActions } from "@/app/shortcuts";
import { Button } from "@/ui/Button";
import { Tip } from "@/ui/Tip";
import { maySetShares } from "./model";

const ShareDialog = late(() => import("./ShareDialog"), "ShareDialog");

/** useShareAddress gives whether the address opens the share dialog, and how to open and close it: Back closes it. */
export function useShareAddress() {
  const go = useNavigate();
  const router = useRouter();
  const open = useSearch({ strict: false, select: (s) => (s as { share?: number }).share === 1 });
  const show = useCallback(() => {
    pushed = true;
    void go({ to: ".", search: ((s: object) => ({ ...s, share: 1 })) as never });
  }, [go]);
  const hide = useCallback(() => {
    if ((router.latestLocation.search as { share?: number }).share !== 1) return;
    if (pushed) router.history.back();
    else void go({ to: ".", search: ((s: object) => ({ ...s, share: undefined })) as never, replace: true });
    pushed = false;
  }, [go, router]);
  return { open, show, hide };
}

/** Whether the dialog was opened here, so that closing it goes back and leaves no second entry in the history. */
let pushed = false;

/** useMayShare says whether one may change whom a ticket is shared with. */
export function useMayShare(number: number): boolean {
  const me = useMe();
  const found = useQuery(ticketOf(number)).data;
  return !!found && maySetShares(found, me.permissions) && (me.settings["sharing.enabled"] === true || found.shares > 0 || found.public_link);
}

/** The way to share a ticket: "Share", or "Shared 3". Not there for whoever may not share it. */
export function ShareButton({ number }: { number: number }) {
  return useMayShare(number) ? <Offered number={number} /> : null;
}

function Offered({ number }: { number: number }) {
  const { open, show, hide } = useShareAddress();
  const found = useQuery(ticketOf(number)).data;
  const button = useRef<HTMLButtonElement>(null);
  const seen = useRef(false);
  if (open) seen.current = true;
  // The key gives the button the focus, so that it comes back there when the dialog closes.
  const byKey = () => {
    button.current?.focus();
    show();
  };
  useActions([{ id: "share", label: "sharing.action", keys: "s", group: "ticket", run: byKey }]);
  useEffect(() => {
    if (!open) pushed = false;
  }, [open]);
  useEffect(() => whenIdle(() => void ShareDialog.load().catch(() => undefined)), []);
  const shared = found?.shares ?? 0;
  return (
    <>
      <Tip text={t("sharing.action")} keys="s">
        <Button ref={button} kind="primary" icon={Share2} aria-haspopup="dialog" onClick={show} onPointerEnter={() => void ShareDialog.load()} onFocus={() => void ShareDialog.load()}>
          {shared > 0 ? t("sharing.button.shared", { count: shared }) : t("sharing.button")}
        </Button>
      </Tip>
      {seen.current && (
        <Suspense>
          <ShareDialog numbers={[number]} open={open} onClose={hide} />
        </Suspense>
      )}
    </>
  );
}

