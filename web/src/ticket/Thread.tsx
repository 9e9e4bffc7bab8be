import { useQuery } from "@tanstack/react-query";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import type { Ticket } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { late } from "@/app/late";
import { Button } from "@/ui/Button";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { EventGroup, EventLine } from "./EventLine";
import type { Forwarding } from "./ForwardDialog";
import { MessageItem } from "./MessageItem";
import { useSeen } from "./seen";
import { SuggestedMails } from "./SuggestedMails";
import { events, fields, messages, readers } from "./api";
import { type Filter, arrange } from "./thread";

const Source = late(() => import("./Source"), "Source");

/** How many items a thread shows at first, and how many more at a time. */
const shownFirst = 40;

/** The conversation and what happened between its messages, oldest first; it opens at its end. */
export function Thread({ ticket, filter, onForward }: { ticket: Ticket; filter: Filter; onForward: ((of: Forwarding) => void) | undefined }) {
  const number = ticket.number;
  const said = useQuery(messages(number));
  const happened = useQuery(events(number));
  const names = useQuery(fields).data?.items;
  const seen = useQuery(readers(number)).data;
  const own = useMemo(() => new Map(names?.map((f) => [f.id, f.name])), [names]);
  const items = useMemo(() => arrange(said.data ?? [], happened.data ?? [], filter, own), [said.data, happened.data, filter, own]);
  const [shown, setShown] = useState(shownFirst);
  const end = useRef<HTMLDivElement>(null);
  const [source, setSource] = useState(0);
  const inside = ticket.rights.includes("see_internal");
  const mayShare = ticket.rights.includes("share");
  const latest = useMemo(() => latestOfShares(items), [items]);
  useSeen(number, said.data);
  const fresh = useFresh(said.data?.map((m) => m.id), number);

  // An address that leads to a line shows it; else the newest message is in sight.
  const placed = useRef(0);
  useEffect(() => {
    if (!said.data || !happened.data || placed.current === number) return;
    const wanted = /^#(event|message)-\d+$/.test(location.hash) ? location.hash.slice(1) : "";
    if (wanted && !document.getElementById(wanted) && shown < items.length) {
      setShown(items.length);
      return;
    }
    placed.current = number;
    const target = wanted ? document.getElementById(wanted) : null;
    if (target) {
      target.scrollIntoView({ block: "center" });
      target.focus({ preventScroll: true });
      target.dataset["target"] = "";
    } else end.current?.scrollIntoView({ block: "end" });
  }, [said.data, happened.data, number, items.length, shown]);

  if (said.isPending || happened.isPending) return <Skeleton lines={6} height={48} />;
  const fault = said.error ?? happened.error;
  if (fault && !said.data) return <Failed error={fault} retry={() => void Promise.all([said.refetch(), happened.refetch()])} />;
  const earlier = Math.max(0, items.length - shown);
  return (
    <section className="thread" aria-label={t("ticket.thread")}>
      {earlier > 0 && (
        <Button kind="quiet" size="sm" className="thread-earlier" onClick={() => setShown((n) => n + 100)}>
          {tn("ticket.thread.earlier", earlier)}
        </Button>
      )}
      {items.length === 0 && <Empty title={t("ticket.thread.empty")} drawing="tray" />}
      {items.slice(earlier).map((i) => {
        if ("message" in i) {
          return <MessageItem key={i.key} number={number} inside={inside} message={i.message} requester={ticket.requester.id} seen={seen?.[i.message.kind as "reply"]} fresh={fresh.has(i.message.id)} onSource={inside ? setSource : undefined} onForward={onForward} />;
        }
        const [first] = i.lines;
        if (i.lines.length > 1) return <EventGroup key={i.key} lines={i.lines} number={number} mayShare={mayShare} latest={latest} />;
        return first && <EventLine key={i.key} line={first} number={number} mayShare={mayShare} latest={latest.has(first.id)} />;
      })}
      <SuggestedMails ticket={ticket} />
      <div ref={end} className="thread-end" />
      <Suspense>{source > 0 && <Source number={number} message={source} onClose={() => setSource(0)} />}</Suspense>
    </section>
  );
}

/** Only the newest line about a target can be undone: an older one has been overtaken. */
function latestOfShares(items: ReturnType<typeof arrange>): ReadonlySet<number> {
  const newest = new Map<string, number>();
  for (const item of items) {
    if ("message" in item) continue;
    for (const { event, id } of item.lines) {
      const target = event.share?.target;
      if (target && event.kind !== "ticket.share.opened") newest.set(`${target.kind} ${target.id}`, id);
    }
  }
  return new Set(newest.values());
}

/** useFresh gives the messages that came while one looked. */
function useFresh(ids: number[] | undefined, number: number): ReadonlySet<number> {
  const known = useRef<{ number: number; newest: number }>({ number: 0, newest: 0 });
  const newest = ids?.at(-1) ?? 0;
  if (ids && known.current.number !== number) known.current = { number, newest };
  return useMemo(() => new Set(ids?.filter((id) => id > known.current.newest)), [ids]);
}
