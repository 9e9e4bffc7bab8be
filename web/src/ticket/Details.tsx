import { X } from "lucide-react";
import { Suspense, useEffect, useRef } from "react";
import type { Ticket } from "@/api/queries";
import { t } from "@/app/i18n";
import { late } from "@/app/late";
import { partnersOf } from "@/partners/of";
import { useMe } from "@/app/session";
import { SharedWith } from "@/sharing/SharedWith";
import { AfterPaint } from "@/ui/AfterPaint";
import { IconButton } from "@/ui/Button";
import { Links } from "./Links";
import { People } from "./People";
import { Properties } from "./Properties";
import { Requester } from "./Requester";
import { ServiceLevel } from "./ServiceLevel";
import type { Saver } from "./useSaver";

const TicketPartners = late(() => import("@/partners/TicketPartners"), "TicketPartners", "partners");

/** Everything about a ticket that is not its conversation. over: it lies over the conversation. */
export function Details({ ticket, saver, over, onClose }: { ticket: Ticket; saver: Saver; over: boolean; onClose: () => void }) {
  const box = useRef<HTMLElement>(null);
  const partners = useMe().settings["partners.enabled"] === true || partnersOf(ticket).length > 0;
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const e = box.current;
    if (!over || !e) return undefined;
    e.focus();
    // Escape closes what lies on top, and does not reach the list.
    const key = (k: KeyboardEvent) => k.key === "Escape" && !k.defaultPrevented && (k.preventDefault(), close.current());
    e.addEventListener("keydown", key);
    return () => e.removeEventListener("keydown", key);
  }, [over]);
  return (
    <>
      {over && <button type="button" className="details-scrim" aria-label={t("ticket.details.hide")} tabIndex={-1} onClick={onClose} />}
      <aside className="pane details" id="details" data-open aria-label={t("ticket.details")} tabIndex={over ? -1 : undefined} ref={box}>
        {over && (
          <div className="details-head">
            <strong>{t("ticket.details")}</strong>
            <IconButton icon={X} label={t("ticket.details.hide")} className="push" onClick={onClose} />
          </div>
        )}
        <SharedWith number={ticket.number} />
        <AfterPaint>
          {partners && (
            <Suspense>
              <TicketPartners ticket={ticket} />
            </Suspense>
          )}
          <ServiceLevel ticket={ticket} />
          <Properties ticket={ticket} saver={saver} />
          <Requester ticket={ticket} />
          <People ticket={ticket} save={saver.save} />
          <Links ticket={ticket} />
        </AfterPaint>
      </aside>
    </>
  );
}
