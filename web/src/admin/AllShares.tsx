import "@/sharing/badges.css";
import "@/sharing/sharing.css";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { EyeOff } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { type Key, t, tn } from "@/app/i18n";
import { brief, exact } from "@/app/time";
import { type ListedShare, type Revocation, type ShareFilter, allShares, previewRevocation, revokeShares } from "@/sharing/api";
import { ends, levelName, sharedBy } from "@/sharing/model";
import { BulkResult, Failures } from "@/tickets/BulkResult";
import type { Bulk } from "@/tickets/bulk";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { SelectField, TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { Page } from "@/ui/Page";
import { Empty, Failed, Skeleton, explain } from "@/ui/states";

const states = ["live", "expired", "ended"] as const;
const kinds = ["agent", "group", "requester"] as const;
const causes = ["person", "bulk", "macro", "request", "token", "rule", "hand_over", "merge", "requester", "portal", "mail", "system", "partner"] as const;

/** What the address says about the list: day is "2026-11-23". */
type Wanted = {
  state: "any" | (typeof states)[number];
  q?: string;
  kind?: (typeof kinds)[number];
  target?: number;
  by?: number;
  cause?: (typeof causes)[number];
  since?: string;
  ends?: string;
};
type Filter = Parameters<typeof allShares>[0];

const one = <T extends string>(value: unknown, of: readonly T[]) => of.find((v) => v === value);
const day = (value: unknown) => (typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined);
const id = (value: unknown) => (Number.isSafeInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined);

/** read takes what it knows from the address and leaves out the rest. Without a state, live shares are listed. */
function read(s: Record<string, unknown>): Wanted {
  const kind = one(s["kind"], kinds);
  const all: Wanted = {
    state: s["state"] === "any" ? "any" : (one(s["state"], states) ?? "live"),
    ...(s["q"] === undefined ? {} : { q: String(s["q"]).slice(0, 200) }),
    ...(kind ? { kind } : {}),
  };
  const target = kind ? id(s["target"]) : undefined;
  const by = id(s["by"]);
  const cause = one(s["cause"], causes);
  const since = day(s["since"]);
  const end = day(s["ends"]);
  return { ...all, ...(target ? { target } : {}), ...(by ? { by } : {}), ...(cause ? { cause } : {}), ...(since ? { since } : {}), ...(end ? { ends: end } : {}) };
}

const moment = (d: string | undefined) => (d ? new Date(`${d}T00:00`).toISOString() : undefined);

function filterOf(w: Wanted): Filter {
  const all = {
    state: w.state === "any" ? undefined : w.state,
    q: w.q?.trim() || undefined,
    target_kind: w.kind,
    target_id: w.target,
    created_by: w.by,
    cause: w.cause,
    since: moment(w.since),
    expires_before: moment(w.ends),
  };
  return Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined)) as Filter;
}

/** endableOf is the filter of what can be ended: live shares, or expired ones where only those are listed. */
function endableOf({ state, ...rest }: Filter): ShareFilter {
  return { ...rest, ...(state === "expired" ? { state } : {}) };
}

/** Every share of the account: found by filters that stand in the address, and ended one by one or all that match. */
export function AllShares() {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const wanted = read(search);
  const filter = filterOf(wanted);
  const go = useNavigate();
  const cache = useQueryClient();
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  const [revoking, setRevoking] = useState<Revocation>();
  const list = useInfiniteQuery(allShares(filter));
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const endable = items.filter((s) => s.state !== "ended");
  const set = (change: Partial<Record<keyof Wanted, string | number | undefined>>) => {
    setPicked(new Set());
    void go({ to: ".", search: ((s: object) => ({ ...s, ...change })) as never, replace: true });
  };
  const narrowed = Object.keys(filter).some((k) => k !== "state");
  const toggle = (share: number) => {
    const next = new Set(picked);
    if (!next.delete(share)) next.add(share);
    setPicked(next);
  };
  const all = endable.length > 0 && endable.every((s) => picked.has(s.id));
  return (
    <Page title={t("sharing.all.title")} lead={t("sharing.all.lead")} width={1120}>
      <Filters wanted={wanted} onChange={set} narrowed={narrowed} />
      <div>
        <div className="all-bar" role="toolbar" aria-label={t("sharing.all.title")}>
          {endable.length > 0 && (
            <label className="option">
              <input type="checkbox" className="check" checked={all} onChange={() => setPicked(all ? new Set() : new Set(endable.map((s) => s.id)))} />
              <span>{picked.size > 0 ? tn("sharing.all.selected", picked.size) : t("sharing.all.select_all")}</span>
            </label>
          )}
          <span className="push" />
          {picked.size > 0 && (
            <>
              <Button size="sm" onClick={() => setPicked(new Set())}>
                {t("sharing.all.unselect")}
              </Button>
              <Button size="sm" kind="danger" onClick={() => setRevoking({ ids: [...picked] })}>
                {tn("sharing.all.revoke_selected", picked.size)}
              </Button>
            </>
          )}
          {picked.size === 0 && narrowed && wanted.state !== "ended" && items.length > 0 && (
            <Button size="sm" kind="danger" onClick={() => setRevoking({ filter: endableOf(filter) })}>
              {t("sharing.all.revoke_match")}
            </Button>
          )}
        </div>
        {list.isPending && <Skeleton lines={8} height={24} />}
        {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.data && items.length === 0 && !list.hasNextPage && (
          <Empty title={t(narrowed ? "sharing.all.none" : "sharing.all.empty")} drawing={narrowed ? "search" : "share"}>
            {t(narrowed ? "sharing.all.none_text" : "sharing.all.empty_text")}
          </Empty>
        )}
        {items.length > 0 && <Table items={items} picked={picked} onToggle={toggle} onTarget={(s) => set({ kind: s.target.kind, target: s.target.id })} />}
        {list.hasNextPage && (
          <p className="cluster">
            <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t("app.more")}
            </Button>
          </p>
        )}
      </div>
      {revoking && (
        <Revoke
          which={revoking}
          onClose={(done) => {
            setRevoking(undefined);
            if (!done) return;
            setPicked(new Set());
            void cache.invalidateQueries({ queryKey: ["shares"] });
            void cache.invalidateQueries({ queryKey: ["ticket"] });
          }}
        />
      )}
    </Page>
  );
}

const agents = {
  queryKey: ["people", "agents"],
  queryFn: async () => (await call(client.GET("/people", { params: { query: { kind: "agent", limit: 200 } } }))).items,
};

function Filters({ wanted, onChange, narrowed }: { wanted: Wanted; onChange: (change: Partial<Record<keyof Wanted, string | number | undefined>>) => void; narrowed: boolean }) {
  const people = useQuery(agents).data ?? [];
  const [q, setQ] = useState(wanted.q ?? "");
  return (
    <form
      className="all-filters"
      role="search"
      onSubmit={(e) => {
        e.preventDefault();
        onChange({ q: q.trim() || undefined });
      }}
    >
      <TextField type="search" label={t("sharing.all.q")} value={q} maxLength={200} onChange={(e) => setQ(e.target.value)} onBlur={() => q.trim() !== (wanted.q ?? "") && onChange({ q: q.trim() || undefined })} />
      <SelectField label={t("sharing.all.state")} value={wanted.state} onChange={(e) => onChange({ state: e.target.value })}>
        <option value="any">{t("sharing.all.state.any")}</option>
        {states.map((s) => (
          <option key={s} value={s}>
            {t(`sharing.all.state.${s}`)}
          </option>
        ))}
      </SelectField>
      <SelectField label={t("sharing.all.target")} value={wanted.kind ?? ""} onChange={(e) => onChange({ kind: e.target.value || undefined, target: undefined })}>
        <option value="">{t("sharing.all.target.any")}</option>
        {kinds.map((k) => (
          <option key={k} value={k}>
            {t(`sharing.all.target.${k}`)}
          </option>
        ))}
      </SelectField>
      <SelectField label={t("sharing.all.by")} value={wanted.by ?? ""} onChange={(e) => onChange({ by: e.target.value ? Number(e.target.value) : undefined })}>
        <option value="">{t("sharing.all.by.any")}</option>
        {wanted.by && !people.some((p) => p.id === wanted.by) && <option value={wanted.by}>#{wanted.by}</option>}
        {people.map((p) => (
          <option key={p.id} value={p.id}>
            {p.name}
          </option>
        ))}
      </SelectField>
      <SelectField label={t("sharing.all.cause")} value={wanted.cause ?? ""} onChange={(e) => onChange({ cause: e.target.value || undefined })}>
        <option value="">{t("sharing.all.cause.any")}</option>
        {causes.map((c) => (
          <option key={c} value={c}>
            {t(`sharing.all.cause.${c}`)}
          </option>
        ))}
      </SelectField>
      <TextField type="date" label={t("sharing.all.since")} value={wanted.since ?? ""} onChange={(e) => onChange({ since: e.target.value || undefined })} />
      <TextField type="date" label={t("sharing.all.expires_before")} value={wanted.ends ?? ""} onChange={(e) => onChange({ ends: e.target.value || undefined })} />
      {narrowed && (
        <Button
          kind="quiet"
          onClick={() => {
            setQ("");
            onChange({ q: undefined, kind: undefined, target: undefined, by: undefined, cause: undefined, since: undefined, ends: undefined });
          }}
        >
          {t("sharing.all.clear")}
        </Button>
      )}
    </form>
  );
}

function Table({ items, picked, onToggle, onTarget }: { items: ListedShare[]; picked: ReadonlySet<number>; onToggle: (id: number) => void; onTarget: (share: ListedShare) => void }) {
  const tones = { live: "ok", expired: "warn", ended: "neutral" } as const;
  return (
    <div className="table-wrap">
      <table className="table cards all-table">
        <thead>
          <tr>
            <th>{t("sharing.all.target")}</th>
            <th>{t("sharing.all.ticket")}</th>
            <th>{t("sharing.all.level")}</th>
            <th>{t("sharing.all.made")}</th>
            <th>{t("sharing.all.ends")}</th>
            <th>{t("sharing.all.state")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((s) => (
            <tr key={s.id} aria-selected={picked.has(s.id) || undefined}>
              <td>
                <span className="all-who">
                  <input type="checkbox" className="check" disabled={s.state === "ended"} checked={picked.has(s.id)} aria-label={t("sharing.all.select", { name: s.target.name })} onChange={() => onToggle(s.id)} />
                  <Avatar name={s.target.name} kind={s.target.kind === "group" ? "group" : "person"} size="sm" outside={s.target.kind === "requester"} />
                  <button type="button" className="strong clip share-link" onClick={() => onTarget(s)}>
                    {s.target.name}
                  </button>
                </span>
              </td>
              <td>{s.ticket.visible && s.ticket.number ? <TicketCell number={s.ticket.number} subject={s.ticket.subject ?? ""} /> : <Hidden />}</td>
              <td>{levelName(s.level)}</td>
              <td title={exact(s.created_at)}>
                <span className="all-made">
                  {brief(s.created_at)}
                  <span className="meta">{sharedBy(s)}</span>
                </span>
              </td>
              <td title={s.expires_at ? exact(s.expires_at) : undefined}>{s.expires_at ? (s.state === "live" ? ends(s.expires_at) : brief(s.expires_at)) : ""}</td>
              <td>
                <Badge tone={tones[s.state]}>{t(`sharing.all.state.${s.state}` as Key)}</Badge>
                {s.ended_by && <span className="meta"> {s.ended_by.name}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TicketCell({ number, subject }: { number: number; subject: string }) {
  return (
    <Link to="/tickets/$number" params={{ number }} className="share-link">
      <span className="meta">#{number}</span> {subject}
    </Link>
  );
}

function Hidden() {
  return (
    <span className="meta cluster">
      <Icon of={EyeOff} small />
      {t("sharing.all.hidden")}
    </span>
  );
}

/** Asks before shares are ended, with the number, and shows how far it is and what came of it. */
function Revoke({ which, onClose }: { which: Revocation; onClose: (done: boolean) => void }) {
  const preview = useQuery({ queryKey: ["shares-preview", which], queryFn: () => previewRevocation(which), staleTime: 0, gcTime: 0, retry: false });
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const [bulk, setBulk] = useState<Bulk>();
  const count = preview.data?.allowed ?? 0;
  const many = "filter" in which;
  const revoke = async () => {
    setBusy(true);
    setFault("");
    try {
      setBulk(await revokeShares(which));
    } catch (error) {
      setFault(explain(error));
    } finally {
      setBusy(false);
    }
  };
  const title = bulk
    ? t("sharing.revoke.result")
    : !preview.data
      ? t("sharing.revoke.checking")
      : preview.data.more
        ? t("sharing.revoke.title_more", { count: preview.data.count })
        : tn("sharing.revoke.title", count);
  return (
    <Dialog
      open
      onClose={() => onClose(!!bulk)}
      title={title}
      width={480}
      foot={
        <>
          <span className="push" />
          <Button onClick={() => onClose(!!bulk)}>{bulk ? t("app.done") : t("app.cancel")}</Button>
          {!bulk && preview.data && count > 0 && (
            <Button kind="danger" busy={busy} reason={many && !sure ? t("sharing.missing.sure") : undefined} onClick={() => void revoke()}>
              {preview.data.more ? t("sharing.revoke.act_more") : tn("sharing.revoke.act", count)}
            </Button>
          )}
        </>
      }
    >
      {bulk ? (
        <BulkResult started={bulk} />
      ) : preview.isPending ? (
        <Skeleton lines={2} />
      ) : preview.error ? (
        <Failed error={preview.error} retry={() => void preview.refetch()} />
      ) : (
        <>
          <p>{count > 0 ? t("sharing.revoke.text") : t("sharing.revoke.none")}</p>
          <Failures list={preview.data.refused} label={tn("tickets.bulk.refused", preview.data.refused.length)} />
          {many && count > 0 && (
            <label className="banner share-sure" data-tone="danger">
              <input type="checkbox" className="check" checked={sure} onChange={(e) => setSure(e.target.checked)} />
              <span>{t("sharing.revoke.sure")}</span>
            </label>
          )}
        </>
      )}
      {fault && (
        <p className="banner" data-tone="danger" role="alert">
          {fault}
        </p>
      )}
    </Dialog>
  );
}
