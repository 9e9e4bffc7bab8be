import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, ChevronRight, Copy, Link2, Share } from "lucide-react";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import type { Ticket } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { LinkRow } from "./LinkRow";
import { type Link, type MadeLink, type NewLink, linkEnds, linkLevel, linkName, linkViews, links, makeLink, mayMakeLinks, revokeLinks, standing } from "./links";
import { endAt, localMoment, maySetShares } from "./model";

/** The public links of a ticket: who may make them makes, copies, changes and revokes them; nobody else sees the section. */
export function LinkPanel({ ticket }: { ticket: Ticket }) {
  const me = useMe();
  const cache = useQueryClient();
  const id = useId();
  const may = mayMakeLinks(ticket, me.permissions, me.settings);
  const sets = maySetShares(ticket, me.permissions);
  const found = useQuery({ ...links(ticket.number), enabled: sets });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<MadeLink | null>(null);
  const [sure, setSure] = useState(false);
  const [past, setPast] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const list = found.data ?? [];
  const live = list.filter(standing);
  const over = list.filter((l) => !standing(l));
  if (!sets || (!may && list.length === 0)) return null;

  const settle = async () => {
    await cache.invalidateQueries({ queryKey: ["ticket", ticket.number] });
    void cache.invalidateQueries({ queryKey: ["tickets"] });
  };
  const shown = (link: MadeLink | null) => {
    setMade(link);
    setMaking(false);
    return settle();
  };
  const revokeAll = async () => {
    setSure(false);
    try {
      await revokeLinks(ticket.number);
      setMade(null);
      toast(tn("sharing.links.toast.revoked", live.length));
    } catch (error) {
      toast({ text: explain(error), error: true });
    }
    await settle();
  };
  const row = (l: Link) => <LinkRow key={l.id} number={ticket.number} link={l} may={may} onReset={shown} onChanged={settle} onRevoked={() => shown(made?.id === l.id ? null : made)} />;

  return (
    <section aria-labelledby={id} className="share-links">
      <div className="section-head">
        <h3 id={id}>{t("sharing.links")}</h3>
        {live.length > 0 && <span className="meta">{tn("sharing.links.count", live.length)}</span>}
        {may && !making && (
          <Button ref={opener} size="sm" kind="quiet" icon={Link2} className="push" onClick={() => setMaking(true)}>
            {t("sharing.links.new")}
          </Button>
        )}
      </div>
      {!may && <p className="meta">{t(closedWhy(ticket, me.settings))}</p>}
      {may && !making && live.length === 0 && !made && <p className="meta">{t("sharing.links.none")}</p>}
      {making && <NewLinkForm number={ticket.number} reply={ticket.rights.includes("reply")} onMade={(l) => void shown(l)} onCancel={() => setMaking(false)} />}
      {made?.address && <Address link={made} address={made.address} />}
      {found.isPending && <Skeleton lines={1} height={28} />}
      {found.error && <Failed error={found.error} retry={() => void found.refetch()} />}
      {live.length > 0 && (
        <ul className="share-rows" aria-label={t("sharing.links")}>
          {live.map(row)}
        </ul>
      )}
      {live.length > 1 && !sure && (
        <Button size="sm" kind="quiet" className="share-links-all" onClick={() => setSure(true)}>
          {t("sharing.links.revoke_all")}
        </Button>
      )}
      {sure && (
        <div className="banner share-inline" data-tone="warn" role="alert">
          <p>{tn("sharing.links.revoke_all.sure", live.length)}</p>
          <Button size="sm" onClick={() => setSure(false)}>
            {t("app.cancel")}
          </Button>
          <Button size="sm" kind="danger" onClick={() => void revokeAll()}>
            {t("sharing.links.revoke_all")}
          </Button>
        </div>
      )}
      {over.length > 0 && (
        <div className="share-fold">
          <button type="button" className="share-fold-head" aria-expanded={past} onClick={() => setPast(!past)}>
            <Icon of={ChevronRight} />
            {tn("sharing.links.over", over.length)}
          </button>
          {past && <ul className="share-rows">{over.map(row)}</ul>}
        </div>
      )}
    </section>
  );
}

/** closedWhy says why nobody can make a link here. */
function closedWhy(ticket: Ticket, settings: Record<string, unknown>) {
  if (settings["links.enabled"] !== true) return "sharing.links.closed.off";
  if (ticket.private) return "sharing.links.closed.private";
  return "sharing.links.closed.right";
}

/** The address of a link, which is shown this once. It is copied when it appears, where the browser lets it. */
function Address({ link, address }: { link: MadeLink; address: string }) {
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      setCopied(true);
    } catch {
      setCopied(false);
      field.current?.select();
    }
  };
  useEffect(() => {
    setCopied(false);
    void copy();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each address
  }, [address]);
  const pass = typeof navigator.share === "function" && matchMedia("(pointer: coarse)").matches;
  return (
    <div className="share-address" role="group" aria-label={t("sharing.links.address", { name: linkName(link) })}>
      <input ref={field} className="input mono" readOnly value={address} aria-label={t("sharing.links.address", { name: linkName(link) })} onFocus={(e) => e.target.select()} />
      <Button kind="primary" icon={copied ? Check : Copy} onClick={() => void copy()}>
        {copied ? t("app.copied") : t("app.copy")}
      </Button>
      {pass && (
        <Button icon={Share} onClick={() => void navigator.share({ url: address }).catch(() => undefined)}>
          {t("sharing.links.pass_on")}
        </Button>
      )}
      <p className="meta" role="status">
        {copied ? `${t("app.copied")}. ` : ""}
        {t("sharing.links.once")}
      </p>
    </div>
  );
}

type FormProps = { number: number; reply: boolean; onMade: (link: MadeLink) => void; onCancel: () => void };

/** What a new link lets do, until when, and whom it asks. */
function NewLinkForm({ number, reply, onMade, onCancel }: FormProps) {
  const { settings } = useMe();
  const locked = settings["links.require_password"] === true;
  const choices = linkEnds(settings);
  const views = linkViews(settings);
  const [wish, setWish] = useState({ label: "", level: "view", end: choices[0]!.value, date: "", password: "", views: views.at(settings["links.max_views"] ? -1 : 0)!.value });
  const [faults, setFaults] = useState<Partial<Record<"label" | "level" | "password" | "expires_at" | "max_views" | "all", string>>>({});
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<typeof wish>) => setWish({ ...wish, ...change });
  const missing = locked && !wish.password ? t("sharing.links.missing.password") : wish.end === "date" && !wish.date ? t("sharing.missing.date") : "";

  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (busy || missing) return;
    setBusy(true);
    setFaults({});
    const body: NewLink = {
      label: wish.label.trim(),
      level: wish.level as "view",
      expires_at: endAt(wish.end, wish.date),
      max_views: wish.views ? Number(wish.views) : null,
      ...(wish.password ? { password: wish.password } : {}),
    };
    try {
      onMade(await makeLink(number, body));
    } catch (error) {
      const list = error instanceof ApiError ? error.faults : [];
      const named = Object.fromEntries(list.map((f) => [f.location.replace(/^body\./, ""), f.message]));
      setFaults(Object.keys(named).some((k) => k in { label: 1, level: 1, password: 1, expires_at: 1, max_views: 1 }) ? named : { all: explain(error) });
      setBusy(false);
    }
  };

  return (
    <form className="share-link-form" aria-label={t("sharing.links.new")} onSubmit={(e) => void submit(e)}>
      <div className="cluster">
        <Select aria-label={t("sharing.links.level")} value={wish.level} onChange={(e) => set({ level: e.target.value })}>
          {["view", ...(reply ? ["comment"] : [])].map((l) => (
            <option key={l} value={l}>
              {linkLevel(l)}
            </option>
          ))}
        </Select>
        <Select aria-label={t("sharing.end")} value={wish.end} onChange={(e) => set({ end: e.target.value })}>
          {choices.map((c) => (
            <option key={c.value} value={c.value}>
              {c.label}
            </option>
          ))}
        </Select>
        <Select aria-label={t("sharing.links.limit")} value={wish.views} onChange={(e) => set({ views: e.target.value })}>
          {views.map((c) => (
            <option key={c.value} value={c.value}>
              {c.label}
            </option>
          ))}
        </Select>
      </div>
      {wish.end === "date" && (
        <TextField type="datetime-local" label={t("sharing.end.until")} value={wish.date} min={localMoment(new Date())} required error={faults.expires_at} onChange={(e) => set({ date: e.target.value })} />
      )}
      <div className="share-link-fields">
        <TextField label={t("sharing.links.label")} hint={t("sharing.links.label.hint")} maxLength={100} value={wish.label} error={faults.label} onChange={(e) => set({ label: e.target.value })} />
        <TextField
          type="password"
          autoComplete="new-password"
          label={locked ? t("sharing.links.password") : t("sharing.links.password.optional")}
          hint={t("sharing.links.password.hint")}
          minLength={6}
          maxLength={200}
          required={locked}
          value={wish.password}
          error={faults.password}
          onChange={(e) => set({ password: e.target.value })}
        />
      </div>
      <p className="share-effect">{t(wish.level === "comment" ? "sharing.links.effect.comment" : "sharing.links.effect.view")}</p>
      {(faults.all ?? faults.level ?? faults.max_views ?? (wish.end === "date" ? "" : faults.expires_at)) && (
        <p className="banner" data-tone="danger" role="alert">
          {faults.all ?? faults.level ?? faults.max_views ?? faults.expires_at}
        </p>
      )}
      <div className="cluster share-link-acts">
        <Button size="sm" onClick={onCancel}>
          {t("app.cancel")}
        </Button>
        <Button size="sm" kind="primary" type="submit" busy={busy} icon={Copy} reason={missing || undefined}>
          {t("sharing.links.make")}
        </Button>
      </div>
    </form>
  );
}
