import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { type ReactNode, Suspense, useState } from "react";
import { type Share, type Ticket, shares, whoSees } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { late } from "@/app/late";
import { useMe } from "@/app/session";
import { ago } from "@/app/time";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Failed, Skeleton } from "@/ui/states";
import { AccessRow } from "./AccessRow";
import { RequestLine } from "./RequestLine";
import type { useShareActions } from "./actions";
import { type Ended, shareHistory, ticketRequests } from "./api";
import { type Choice, type Sight, type Terms, levelName, why } from "./model";

const CheckAccess = late(() => import("./CheckAccess"), "CheckAccess");

type ListProps = { ticket: Ticket; most: Terms; actions: ReturnType<typeof useShareActions>; onGone: () => void; onAgain: (choice: Choice) => void };

const kinds = ["agent", "group", "requester"];
const byKind = (a: Share, b: Share) => kinds.indexOf(a.target.kind) - kinds.indexOf(b.target.kind) || a.target.name.localeCompare(b.target.name);
const like = (name: string, search: string) => name.toLowerCase().includes(search.toLowerCase().trim());

/** Who has access, how far and why: whom it is shared with first, then those whose role or group lets them in. */
export function AccessList({ ticket, most, actions, onGone, onAgain }: ListProps) {
  const me = useMe();
  const [search, setSearch] = useState("");
  const [checking, setChecking] = useState(false);
  const list = useQuery(shares(ticket.number));
  const seen = useQuery(whoSees(ticket.number));
  const past = useQuery(shareHistory(ticket.number));
  const waiting = useQuery({ ...ticketRequests(ticket.number), enabled: ticket.rights.includes("share") }).data ?? [];
  if (list.isPending || seen.isPending) return <Skeleton lines={5} height={28} />;
  const error = list.error ?? seen.error;
  if (error || !list.data || !seen.data) return <Failed error={error} retry={() => void Promise.all([list.refetch(), seen.refetch()])} />;

  const sights = seen.data.items;
  const shared = list.data.items.toSorted(byKind);
  const sharedWith = new Set(shared.filter((s) => s.target.kind !== "group").map((s) => s.target.id));
  const apart = sights.filter((s) => !sharedWith.has(s.person.id) && s.reasons.some((r) => r.way !== "group_share"));
  const first = apart.filter((s) => s.reasons.some((r) => r.way === "assignee" || r.way === "requester"));
  const others = apart.filter((s) => !first.includes(s));
  const many = shared.length + first.length > 8 || others.length > 8;
  const ended = (past.data?.ended ?? []).filter((e, i, all) => all.findIndex((f) => sameTarget(e, f)) === i && !shared.some((s) => s.target.kind === e.target.kind && s.target.id === e.target.id));
  const plain = (s: Sight) => <PlainRow key={`${s.person.kind}${s.person.id}`} sight={s} self={s.person.id === me.person.id} />;

  return (
    <section aria-labelledby="share-who" className="share-access">
      {waiting.length > 0 && (
        <ul className="share-requests" aria-label={t("sharing.request.waiting")}>
          {waiting.map((r) => (
            <RequestLine key={r.id} request={r} most={most.level} />
          ))}
        </ul>
      )}
      <div className="section-head">
        <h3 id="share-who">{t("sharing.who")}</h3>
        <span className="meta">{seen.data.truncated ? t("sharing.who.many", { count: sights.length }) : tn("sharing.who.people", sights.length)}</span>
        <Button size="sm" kind="quiet" className="push" aria-expanded={checking} onClick={() => setChecking(!checking)}>
          {t("sharing.check")}
        </Button>
      </div>
      {checking && (
        <Suspense fallback={<Skeleton lines={1} />}>
          <CheckAccess number={ticket.number} list={shared} />
        </Suspense>
      )}
      {many && (
        <input type="search" className="input share-find" placeholder={t("sharing.who.find")} aria-label={t("sharing.who.find")} value={search} onChange={(e) => setSearch(e.target.value)} />
      )}
      <ul className="share-rows" aria-label={t("sharing.who.list")}>
        {first.filter((s) => like(s.person.name, search)).map(plain)}
        {shared
          .filter((s) => like(s.target.name, search))
          .map((s) => (
            <AccessRow key={s.id} number={ticket.number} share={s} sights={sights} line={past.data?.made.get(s.id)} most={most} actions={actions} onGone={onGone} />
          ))}
      </ul>
      <Fold open={search !== ""} label={tn("sharing.who.others", others.length)} shown={others.length > 0}>
        {others.filter((s) => like(s.person.name, search)).map(plain)}
      </Fold>
      <Fold open={false} label={tn("sharing.who.ended", ended.length)} shown={ended.length > 0}>
        {ended.map((e) => (
          <EndedRow key={e.line} number={ticket.number} ended={e} onAgain={onAgain} onGone={onGone} />
        ))}
      </Fold>
    </section>
  );
}

const sameTarget = (a: Ended, b: Ended) => a.target.kind === b.target.kind && a.target.id === b.target.id;

/** Lines that are unfolded when somebody wants to know. */
function Fold({ label, open, shown, children }: { label: string; open: boolean; shown: boolean; children: ReactNode }) {
  const [unfolded, setUnfolded] = useState(false);
  if (!shown) return null;
  const drawn = unfolded || open;
  return (
    <div className="share-fold">
      <button type="button" className="share-fold-head" aria-expanded={drawn} onClick={() => setUnfolded(!drawn)}>
        <Icon of={ChevronRight} />
        {label}
      </button>
      {drawn && <ul className="share-rows">{children}</ul>}
    </div>
  );
}

/** Somebody who sees the ticket by more than a share: nothing to change here. */
function PlainRow({ sight, self }: { sight: Sight; self: boolean }) {
  return (
    <li className="who">
      <Avatar name={sight.person.name} outside={sight.person.kind === "requester"} />
      <span className="grow">
        <span className="clip">
          <span className="strong">{sight.person.name}</span>
          {self && <span className="meta"> {t("app.you")}</span>}
        </span>
        <span className="meta clip">{[...new Set(sight.reasons.map((r) => why(r)))].join(", ")}</span>
      </span>
      <span className="meta share-level">{sight.person.kind === "requester" && sight.level === "comment" ? t("sharing.level.reply") : levelName(sight.level)}</span>
    </li>
  );
}

/** A share that is over, and a way to share again. */
function EndedRow({ number, ended, onAgain, onGone }: { number: number; ended: Ended; onAgain: (choice: Choice) => void; onGone: () => void }) {
  const { target } = ended;
  const what = ended.kind.endsWith("expired") ? t("sharing.past.expired") : ended.kind.endsWith("left") ? t("sharing.past.left") : ended.by ? t("sharing.past.removed", { name: ended.by }) : t("sharing.past.ended");
  return (
    <li className="who">
      <Avatar name={target.name} kind={target.kind === "group" ? "group" : "person"} outside={target.kind === "requester"} />
      <span className="grow">
        <span className="clip strong">{target.name}</span>
        <Link to="/tickets/$number" params={{ number }} search={(s) => ({ ...s, share: undefined }) as never} hash={`event-${ended.line}`} className="meta clip share-link" onClick={() => setTimeout(onGone)}>
          {what}, {ago(ended.at, "long")}
        </Link>
      </span>
      <Button size="sm" onClick={() => onAgain({ ...target, address: null, members: null, access: null, shared: false })}>
        {t("sharing.past.again")}
      </Button>
    </li>
  );
}
