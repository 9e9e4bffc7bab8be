import { Link, useNavigate } from "@tanstack/react-router";
import { Check as Tick, Clock, Ellipsis, Eye, X } from "lucide-react";
import { useEffect, useId, useState } from "react";
import type { Share } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { ago, exact } from "@/app/time";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Check, Select } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { useNow } from "@/ui/When";
import type { useShareActions } from "./actions";
import { type Flag, type Level, type Sight, type Terms, afterwards, counts, endAt, endChoices, ends, isOutside, levelName, levels, rank, remains, sharedBy, why } from "./model";

type RowProps = {
  number: number;
  share: Share;
  /** Everybody who can open the ticket, to say why and what removing does. */
  sights: Sight[];
  /** The line of the history that made the share. */
  line: number | undefined;
  most: Terms;
  actions: ReturnType<typeof useShareActions>;
  onGone: () => void;
};

/** Somebody the ticket is shared with: who made it so, the level, and how to end it. */
export function AccessRow({ number, share, sights, line, most, actions, onGone }: RowProps) {
  const me = useMe();
  const now = useNow();
  const go = useNavigate();
  const id = useId();
  const [more, setMore] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [saved, setSaved] = useState(0);
  useEffect(() => {
    if (!saved) return undefined;
    const timer = setTimeout(() => setSaved(0), 4000);
    return () => clearTimeout(timer);
  }, [saved]);
  const { target } = share;
  const group = target.kind === "group";
  const self = target.kind === "agent" && target.id === me.person.id;
  const sight = group ? undefined : sights.find((s) => s.person.id === target.id);
  const through = group ? sights.filter((s) => s.reasons.some((r) => r.share_id === share.id)) : [];
  const also = remains(sight, share.id).map((r) => why(r));
  const after = afterwards(share, sights);
  const limited = sight && rank(sight.level) < rank(share.level);

  const change = async (patch: Parameters<typeof actions.change>[1]) => {
    if (await actions.change(share, patch)) setSaved(Date.now());
  };
  const leave = async () => {
    if (!(await actions.leave())) return;
    await go({ to: "/tickets", search: { view: "shared-with-me" } });
    onGone();
  };
  const remove = () => {
    if (self && also.length === 0) setLeaving(true);
    else void actions.remove(share, t("sharing.toast.removed", { name: target.name, what: after }));
  };

  return (
    <li className="share-row" data-kind={target.kind}>
      <div className="who">
        <Avatar name={target.name} kind={group ? "group" : "person"} outside={isOutside(target)} />
        <span className="grow">
          <span className="clip">
            <span className="strong">{target.name}</span>
            {self && <span className="meta"> {t("app.you")}</span>}
            {group && <span className="meta"> {tn("sharing.agents", through.length)}</span>}
            {isOutside(target) && <span className="meta"> {t("sharing.outside")}</span>}
          </span>
          <span className="meta share-why">
            <Link
              to="/tickets/$number"
              params={{ number }}
              search={(s) => ({ ...s, share: undefined }) as never}
              {...(line ? { hash: `event-${line}` } : {})}
              className="share-link"
              title={t("sharing.row.history")}
              onClick={() => setTimeout(onGone)}
            >
              {sharedBy(share)}, <time dateTime={share.created_at}>{ago(share.created_at, "long", now)}</time>
            </Link>
            {also.length > 0 && <span>; {t("sharing.row.also", { why: also.join(", ") })}</span>}
          </span>
        </span>
        <span className="share-controls">
          <span role="status">{saved > 0 && <Badge tone="ok" icon={Tick}>{t("app.saved")}</Badge>}</span>
          {!target.active && <Badge>{t("sharing.row.inactive")}</Badge>}
          {share.expires_at && (
            <Badge tone="warn" icon={Clock} title={exact(share.expires_at)}>
              {ends(share.expires_at, now)}
            </Badge>
          )}
          <LevelSelect share={share} most={most} onChange={(level) => void change({ level })} />
          <IconButton
            icon={Ellipsis}
            label={t("sharing.row.details", { name: target.name })}
            aria-expanded={more}
            aria-controls={`${id}-more`}
            className="share-turn"
            onClick={() => setMore(!more)}
          />
          <IconButton icon={X} label={t("sharing.row.remove", { name: target.name, what: after })} className="share-remove" onClick={remove} />
        </span>
      </div>
      {leaving && (
        <div className="banner share-inline" data-tone="warn" role="alert">
          <p>{t("sharing.row.leave")}</p>
          <Button size="sm" onClick={() => setLeaving(false)}>
            {t("sharing.row.stay")}
          </Button>
          <Button size="sm" kind="danger" onClick={() => void leave()}>
            {t("sharing.row.leave_now")}
          </Button>
        </div>
      )}
      {more && (
        <div className="share-more" id={`${id}-more`}>
          {share.reason && <blockquote className="share-quote">{share.reason}</blockquote>}
          {limited && <p className="meta">{t("sharing.row.limited", { level: levelName(sight.level) })}</p>}
          <TermsOf share={share} most={most} onChange={(patch) => void change(patch)} />
          <p className="meta share-opened">
            <Icon of={Eye} small />
            {share.opened_at ? t("sharing.row.opened", { when: ago(share.opened_at, "long", now) }) : t("sharing.row.unopened")}
          </p>
          {group && (
            <ul className="share-members" aria-label={t("sharing.row.members", { group: target.name })}>
              {through.map((s) => (
                <li key={s.person.id} className="who">
                  <Avatar name={s.person.name} size="sm" />
                  <span className="clip">{s.person.name}</span>
                  <span className="meta push">{levelName(s.level)}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </li>
  );
}

/** The level of a share. One that is above what one holds stays on the list, since it may be left or lowered. */
function LevelSelect({ share, most, onChange }: { share: Share; most: Terms; onChange: (level: Level) => void }) {
  const offered = levels.filter((l) => rank(l) <= Math.max(rank(most.level), rank(share.level)));
  return (
    <Select quiet aria-label={t("sharing.row.level", { name: share.target.name })} value={share.level} onChange={(e) => onChange(e.target.value as Level)}>
      {offered.map((l) => (
        <option key={l} value={l} disabled={rank(l) > rank(most.level) && l !== share.level}>
          {levelName(l)}
        </option>
      ))}
    </Select>
  );
}

/** The flags and the end of a share, each saved at once. */
function TermsOf({ share, most, onChange }: { share: Share; most: Terms; onChange: (patch: Partial<Record<Flag, boolean>> & { expires_at?: string | null }) => void }) {
  const { settings } = useMe();
  const [picking, setPicking] = useState(false);
  const shown = (["see_internal", "reply_public", "can_reshare", "forward"] as const).filter((f) => !isOutside(share.target) && counts(f, share.level) && (most[f] || share[f]));
  return (
    <>
      {shown.length > 0 && (
        <div className="cluster share-flags" role="group" aria-label={t("sharing.flags")}>
          {shown.map((f) => (
            <Check key={f} checked={share[f]} disabled={!most[f] && !share[f]} onChange={(e) => onChange({ [f]: e.target.checked })}>
              {t(`sharing.flag.${f}`)}
            </Check>
          ))}
        </div>
      )}
      <div className="cluster">
        <Select
          aria-label={t("sharing.row.end", { name: share.target.name })}
          value={picking ? "date" : share.expires_at ? "keep" : ""}
          onChange={(e) => {
            const choice = e.target.value;
            setPicking(choice === "date");
            if (choice !== "keep" && choice !== "date") onChange({ expires_at: endAt(choice, "") });
          }}
        >
          {share.expires_at && <option value="keep">{t("sharing.end.at", { when: exact(share.expires_at) })}</option>}
          {endChoices(settings, true).map((c) => (
            <option key={c.value} value={c.value}>
              {c.label}
            </option>
          ))}
        </Select>
        {picking && (
          <input
            type="datetime-local"
            className="input share-date"
            aria-label={t("sharing.end.until")}
            onBlur={(e) => {
              setPicking(false);
              if (e.target.value) onChange({ expires_at: endAt("date", e.target.value) });
            }}
          />
        )}
      </div>
    </>
  );
}
