import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Lock, RotateCw, X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { ago, exact } from "@/app/time";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Select, TextField } from "@/ui/Field";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { useNow } from "@/ui/When";
import { type Link, type LinkPatch, type MadeLink, changeLink, linkEnds, linkLevel, linkName, linkUses, linkViews, resetLink, revokeLink, standing, stateName, told } from "./links";
import { endAt, ends, localMoment } from "./model";

type RowProps = {
  number: number;
  link: Link;
  /** Whether one may change and reset links here; revoking is always offered. */
  may: boolean;
  onReset: (link: MadeLink) => Promise<void>;
  onChanged: () => Promise<void>;
  onRevoked: () => Promise<void>;
};

/** A public link: what it lets do, how often it was opened, and how to change and end it. */
export function LinkRow({ number, link, may, onReset, onChanged, onRevoked }: RowProps) {
  const now = useNow();
  const id = useId();
  const [more, setMore] = useState(false);
  const name = linkName(link);
  const state = stateName(link);
  const revoke = async () => {
    try {
      await revokeLink(number, link.id);
      toast(t("sharing.links.toast.revoked_one", { name }));
    } catch (error) {
      toast({ text: explain(error), error: true });
    }
    await onRevoked();
  };
  return (
    <li className="share-row" data-kind="link">
      <div className="who">
        <Avatar name={name} kind="link" />
        <span className="grow">
          <span className="clip">
            <span className="strong">{name}</span>
            <span className="meta"> {t("sharing.links.by", { name: link.created_by.name })}</span>
          </span>
          <span className="meta share-why" title={link.last_used_at ? exact(link.last_used_at) : undefined}>
            {told(link, now)}
          </span>
        </span>
        <span className="share-controls">
          {link.password && <Badge icon={Lock}>{t("sharing.links.password")}</Badge>}
          {state && (
            <Badge tone={link.state === "asleep" ? "warn" : "neutral"} title={link.state === "asleep" ? t("sharing.links.asleep") : undefined}>
              {state}
            </Badge>
          )}
          <IconButton icon={Ellipsis} label={t("sharing.row.details", { name })} aria-expanded={more} aria-controls={`${id}-more`} className="share-turn" onClick={() => setMore(!more)} />
          {link.state !== "revoked" && <IconButton icon={X} label={t("sharing.links.revoke", { name })} className="share-remove" onClick={() => void revoke()} />}
        </span>
      </div>
      {more && (
        <div className="share-more" id={`${id}-more`}>
          {link.state === "asleep" && <p className="meta">{t("sharing.links.asleep")}</p>}
          {may && link.state !== "revoked" && <Terms number={number} link={link} onReset={onReset} onChanged={onChanged} />}
          <Uses number={number} link={link} />
        </div>
      )}
    </li>
  );
}

type TermsProps = Pick<RowProps, "number" | "link" | "onReset" | "onChanged">;

/** What can be changed of a link. Selects save at once, texts with their button. */
function Terms({ number, link, onReset, onChanged }: TermsProps) {
  const { settings } = useMe();
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const [sure, setSure] = useState(false);
  const [picking, setPicking] = useState(false);
  const [label, setLabel] = useState(link.label);
  const [password, setPassword] = useState("");
  const name = linkName(link);
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setFault("");
    try {
      await act();
    } catch (error) {
      setFault(explain(error));
    } finally {
      setBusy(false);
    }
  };
  const change = (patch: LinkPatch) =>
    attempt(async () => {
      await changeLink(number, link.id, patch);
      setPassword("");
      toast(t("app.saved"));
      await onChanged();
    });
  const reset = () =>
    attempt(async () => {
      setSure(false);
      await onReset(await resetLink(number, link.id));
    });
  const save = (e: FormEvent) => {
    e.preventDefault();
    const patch: LinkPatch = { ...(label.trim() !== link.label ? { label: label.trim() } : {}), ...(password ? { password } : {}) };
    if (Object.keys(patch).length > 0) void change(patch);
  };
  return (
    <>
      <div className="cluster">
        <Select aria-label={t("sharing.links.level_of", { name })} value={link.level} disabled={busy} onChange={(e) => void change({ level: e.target.value as "view" })}>
          {["view", "comment"].map((l) => (
            <option key={l} value={l}>
              {linkLevel(l)}
            </option>
          ))}
        </Select>
        <Select
          aria-label={t("sharing.row.end", { name })}
          value="keep"
          disabled={busy}
          onChange={(e) => {
            if (e.target.value === "date") setPicking(true);
            else void change({ expires_at: endAt(e.target.value, "") });
          }}
        >
          <option value="keep">{link.expires_at ? (standing(link) ? ends(link.expires_at) : t("sharing.ended")) : t("sharing.end.none")}</option>
          {linkEnds(settings).map((c) => (
            <option key={c.value} value={c.value}>
              {c.label}
            </option>
          ))}
        </Select>
        <Select
          aria-label={t("sharing.links.limit_of", { name })}
          value={link.max_views ? String(link.max_views) : ""}
          disabled={busy}
          onChange={(e) => void change({ max_views: e.target.value ? Number(e.target.value) : null })}
        >
          {linkViews(settings, link.max_views ?? 0).map((c) => (
            <option key={c.value} value={c.value}>
              {c.label}
            </option>
          ))}
        </Select>
      </div>
      {picking && (
        <TextField
          type="datetime-local"
          label={t("sharing.end.until")}
          min={localMoment(new Date())}
          onChange={(e) => {
            if (!e.target.value) return;
            setPicking(false);
            void change({ expires_at: endAt("date", e.target.value) });
          }}
        />
      )}
      <form className="share-link-fields" onSubmit={save}>
        <TextField label={t("sharing.links.label")} maxLength={100} value={label} onChange={(e) => setLabel(e.target.value)} />
        <TextField
          type="password"
          autoComplete="new-password"
          label={link.password ? t("sharing.links.password.other") : t("sharing.links.password.optional")}
          minLength={6}
          maxLength={200}
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
        <span className="cluster share-link-acts">
          {link.password && settings["links.require_password"] !== true && (
            <Button size="sm" kind="quiet" busy={busy} onClick={() => void change({ password: null })}>
              {t("sharing.links.password.drop")}
            </Button>
          )}
          <Button size="sm" kind="quiet" icon={RotateCw} busy={busy} onClick={() => setSure(true)}>
            {t("sharing.links.reset")}
          </Button>
          <Button size="sm" type="submit" busy={busy} reason={label.trim() === link.label && !password ? t("sharing.links.nothing") : undefined}>
            {t("app.save")}
          </Button>
        </span>
      </form>
      {sure && (
        <div className="banner share-inline" data-tone="warn" role="alert">
          <p>{t("sharing.links.reset.sure")}</p>
          <Button size="sm" onClick={() => setSure(false)}>
            {t("app.cancel")}
          </Button>
          <Button size="sm" kind="danger" onClick={() => void reset()}>
            {t("sharing.links.reset")}
          </Button>
        </div>
      )}
      {fault && (
        <p className="banner" data-tone="danger" role="alert">
          {fault}
        </p>
      )}
    </>
  );
}

/** Who opened a link, and when. */
function Uses({ number, link }: Pick<RowProps, "number" | "link">) {
  const now = useNow();
  const found = useQuery(linkUses(number, link.id));
  if (found.isPending) return <Skeleton lines={2} />;
  if (found.error) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const list = found.data.items;
  if (list.length === 0) return <p className="meta">{t("sharing.links.log.none")}</p>;
  return (
    <div className="share-log">
      <h4 className="label">{t("sharing.links.log")}</h4>
      <ul aria-label={t("sharing.links.log")}>
        {list.map((u) => (
          <li key={u.id}>
            <time dateTime={u.at} title={exact(u.at)}>
              {ago(u.at, "long", now)}
            </time>
            <span>{t(u.outcome === "opened" ? "sharing.links.log.opened" : "sharing.links.log.wrong_password")}</span>
            <span className="meta mono push">{u.address}</span>
          </li>
        ))}
      </ul>
      {found.data.next && <p className="meta">{t("sharing.links.log.more")}</p>}
    </div>
  );
}
