import "./ticket.css";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Suspense, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { ApiError } from "@/api/client";
import { type Ticket, queries, ticket as ticketOf } from "@/api/queries";
import { t } from "@/app/i18n";
import { late } from "@/app/late";
import { Missing } from "@/app/Missing";
import { allActions, useActions } from "@/app/shortcuts";
import { Refused } from "@/sharing/Refused";
import { Failed, Skeleton } from "@/ui/states";
import { useTitle } from "@/ui/Page";
import { Composer, type ComposerHandle, kindsOf } from "./Composer";
import { Details } from "./Details";
import type { Forwarding } from "./ForwardDialog";
import { LaterStrip } from "./LaterStrip";
import { Presence } from "./Presence";
import { Thread } from "./Thread";
import { TicketBar } from "./TicketBar";
import { TicketHead } from "./TicketHead";
import { type Filter, filters } from "./thread";
import { usePresence } from "./usePresence";
import { useSaver } from "./useSaver";

export { fetchAhead } from "./api";

const Merge = late(() => import("./Merge"), "Merge");
const ForwardDialog = late(() => import("./ForwardDialog"), "ForwardDialog");
const PendingAsk = late(() => import("./PendingAsk"), "PendingAsk");
const History = late(() => import("./History"), "History");

/** One ticket: its conversation, where one answers, and its details. */
export function TicketPane() {
  const { number } = useParams({ strict: false }) as { number: number };
  return number > 0 ? <Found key={number} number={number} /> : <Missing />;
}

const gone = (error: unknown) => error instanceof ApiError && (error.status === 404 || error.status === 403);

function Found({ number }: { number: number }) {
  const found = useQuery(ticketOf(number));
  const refused = gone(found.error);
  // Access that ended leaves nothing of the ticket behind in this tab.
  useEffect(() => {
    if (refused) queries.removeQueries({ queryKey: ["ticket", number], predicate: (q) => q.queryKey[2] !== "head" });
  }, [refused, number]);
  if (refused) {
    return (
      <main className="pane-scroll ticket-wrap" id="main">
        <Refused number={number} />
      </main>
    );
  }
  if (found.data) return <Whole ticket={found.data} />;
  return (
    <main className="pane-scroll ticket-wrap" id="main">
      {found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Skeleton lines={8} height={20} />}
    </main>
  );
}

const broad = matchMedia("(min-width: 1321px)");
const useBroad = () => useSyncExternalStore((tell) => (broad.addEventListener("change", tell), () => broad.removeEventListener("change", tell)), () => broad.matches);
const folded = "deskmesh.details.folded";

function Whole({ ticket }: { ticket: Ticket }) {
  const number = ticket.number;
  const go = useNavigate();
  const search = useSearch({ strict: false }) as { details?: 1 };
  const wide = useBroad();
  const [fold, setFold] = useState(() => localStorage.getItem(folded) === "1");
  const [filter, setFilter] = useState<Filter>("all");
  const [dialog, setDialog] = useState<"merge" | "history" | "">("");
  const [forwarding, setForwarding] = useState<Forwarding>();
  const mayForward = ticket.rights.includes("forward") && ticket.rights.includes("see_internal");
  const composer = useRef<ComposerHandle>(null);
  const saver = useSaver(number);
  const { here, writing } = usePresence(number);
  const kinds = kindsOf(ticket);
  useTitle(`${ticket.subject} · #${number}`);

  const details = wide ? !fold : search.details === 1;
  const showDetails = (on: boolean) => {
    if (wide) {
      setFold(!on);
      localStorage.setItem(folded, on ? "0" : "1");
    } else void go({ to: ".", search: ((s: object) => ({ ...s, details: on ? 1 : undefined })) as never, replace: !on });
  };
  const toList = () => void go({ to: "/tickets", search: ((s: object) => ({ ...s, details: undefined, share: undefined })) as never });
  const back = () => (!wide && search.details === 1 ? showDetails(false) : toList());
  // The list beside it knows what comes next; without one the list is shown.
  const next = () => {
    const step = allActions().find((a) => a.keys === "j");
    if (step) step.run();
    else toList();
  };
  useActions([
    { id: "details", label: "ticket.details.show", group: "ticket", run: () => showDetails(!details) },
    ...(kinds.includes("reply") ? [{ id: "reply", label: "ticket.action.reply" as const, keys: "r", group: "ticket" as const, run: () => composer.current?.write("reply") }] : []),
    ...(kinds.includes("note") ? [{ id: "note", label: "ticket.action.note" as const, keys: "n", group: "ticket" as const, run: () => composer.current?.write("note") }] : []),
  ]);

  return (
    <div className="ticket-wrap" data-details={details || undefined}>
      <main className="pane ticket" id="main" tabIndex={-1}>
        <TicketBar ticket={ticket} save={saver.save} detailsOpen={details} onDetails={() => showDetails(!details)} onMerge={() => setDialog("merge")} onHistory={() => setDialog("history")} onForward={mayForward ? () => setForwarding({}) : undefined} onBack={back} />
        <div className="pane-scroll">
          <div className="ticket-top">
          <TicketHead ticket={ticket} save={saver.save} />
          <div className="ticket-tabs">
            <div className="tabs" role="group" aria-label={t("ticket.filter")}>
              {filters.map((f) => (
                <button key={f} type="button" className="tab" aria-pressed={f === filter} onClick={() => setFilter(f)}>
                  {t(`ticket.filter.${f}`)}
                </button>
              ))}
            </div>
            <Presence here={here} />
          </div>
          </div>
          <Thread ticket={ticket} filter={filter} onForward={mayForward ? setForwarding : undefined} />
        </div>
        <div className="ticket-foot">
          <LaterStrip number={number} onRestore={(later) => composer.current?.restore(later)} />
          {kinds.length > 0 && (
            <Composer ref={composer} ticket={ticket} onWriting={writing} onNext={next} onList={toList} />
          )}
        </div>
      </main>
      {details && <Details ticket={ticket} saver={saver} over={!wide} onClose={() => showDetails(false)} />}
      <Suspense>
        {dialog === "merge" && <Merge ticket={ticket} onClose={() => setDialog("")} />}
        {forwarding && <ForwardDialog ticket={ticket} of={forwarding} onClose={() => setForwarding(undefined)} />}
        {saver.pending && <PendingAsk pending={saver.pending} onClose={saver.unask} />}
        {dialog === "history" && <History ticket={ticket} onClose={() => setDialog("")} />}
      </Suspense>
    </div>
  );
}
