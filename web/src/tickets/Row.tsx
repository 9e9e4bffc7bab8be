import { useQuery } from "@tanstack/react-query";
import { Clock, CornerUpLeft, ListX, Lock } from "lucide-react";
import { memo } from "react";
import { type Row as Listed, type Share, shares } from "@/api/queries";
import { known, t } from "@/app/i18n";
import { ago } from "@/app/time";
import { RowBadge } from "@/sharing/RowBadge";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/Button";
import { Badge } from "@/ui/Badge";
import { Icon } from "@/ui/Icon";
import { When, useNow } from "@/ui/When";
import { Marked } from "./Marked";
import { Promised } from "./Promised";
import { StatusMark, statusName } from "./Status";
import { presence } from "./api";
import { usePresent } from "./present";

export type RowProps = {
  row: Listed;
  /** What stands behind the number in the address of the ticket. */
  address: string;
  place: number;
  total: number;
  height: number;
  top: number;
  current: boolean;
  /** It is the one row in the tab order. */
  cursor: boolean;
  selected: boolean;
  /** The row of a list of shares says who shared it, with whom, and until when. */
  shared: "in" | "group" | "out" | undefined;
  onSelect: (number: number, range: boolean) => void;
  onFocus: (number: number) => void;
  onLeave: (row: Listed) => void;
  onOpen: (number: number) => void;
};

const href = "/tickets/";

/** One ticket of a list. Its link is the browser's own: that of the router costs too much for a row that is scrolled past. */
export const Row = memo(function Row(props: RowProps) {
  const { row, address, place, total, height, top, current, cursor, selected, shared, onSelect, onFocus, onLeave, onOpen } = props;
  const found = row.match?.message;
  return (
    <li
      className="row"
      style={{ blockSize: height, transform: `translateY(${top}px)` }}
      data-number={row.number}
      data-current={current || undefined}
      data-selected={selected || undefined}
      data-unread={row.unread || undefined}
      aria-setsize={total}
      aria-posinset={place}
    >
      <div className="row-mark">
        <StatusMark status={row.status} name={row.status_name} />
        <label className="row-pick">
          <input
            className="check"
            type="checkbox"
            aria-label={t("tickets.select", { subject: row.subject })}
            checked={selected}
            tabIndex={cursor ? 0 : -1}
            onChange={() => undefined}
            onClick={(e) => onSelect(row.number, e.shiftKey)}
            onFocus={() => onFocus(row.number)}
          />
        </label>
      </div>
      <a
        href={href + row.number + address}
        className="row-main"
        aria-current={current ? "true" : undefined}
        tabIndex={cursor ? 0 : -1}
        onClick={(e) => {
          // A press with a key held is the browser's: another tab, another window.
          if (e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
          e.preventDefault();
          onOpen(row.number);
        }}
        onFocus={() => onFocus(row.number)}
      >
        <span className="row-line">
          <span className="row-subject clip">
            {row.unread && <span className="vh">{t("tickets.unread")} </span>}
            <Marked text={row.subject} marks={row.match?.subject} />
          </span>
          <Here number={row.number} />
          {shared === "in" ? <NewDot row={row} /> : row.unread && <span className="dot" />}
          <When at={row.updated_at} as="since" />
        </span>
        <span className="row-line row-sub row-snip">
          {shared ? <ShareLine row={row} way={shared} /> : <span className="clip">{found ? <Marked text={found.excerpt.text} marks={found.excerpt.marks} /> : <Preview row={row} />}</span>}
        </span>
        <span className="row-line row-sub row-badges">
          <Badges row={row} />
          <span className="clip" />
          {row.assignee && <Avatar name={row.assignee.name} size="sm" title={t("tickets.assigned_to", { name: row.assignee.name })} />}
          {row.assignee && <span className="vh">{t("tickets.assigned_to", { name: row.assignee.name })}</span>}
        </span>
      </a>
      {shared === "in" && <IconButton icon={ListX} label={t("tickets.leave")} className="row-leave" tabIndex={cursor ? 0 : -1} onFocus={() => onFocus(row.number)} onClick={() => onLeave(row)} />}
    </li>
  );
});

/** Who asks, and how the newest reply begins. An arrow stands before what an agent wrote. */
function Preview({ row }: { row: Listed }) {
  const who = row.requester.name || row.requester.address;
  if (!row.preview) return `${who} · ${row.group?.name ?? row.inbox.name}`;
  const answered = row.preview_by !== null && row.preview_by !== row.requester.id; // nobody here: it came from a partner
  return (
    <>
      {who}: {answered && (
        <>
          <Icon of={CornerUpLeft} small className="row-answered" />
          <span className="vh">{t("tickets.answered")}</span>{" "}
        </>
      )}
      {row.preview}
    </>
  );
}

/** What stands in the last line: how it is shared, how urgent it is, then tags and what the view's own columns show. */
function Badges({ row }: { row: Listed }) {
  const values = Object.entries(row.values ?? {}).filter(([, value]) => value !== "");
  const tags = row.tags.slice(0, 2);
  const more = row.tags.length - tags.length;
  return (
    <>
      <RowBadge row={row} />
      {row.private && (
        <Badge icon={Lock} title={t("tickets.private")}>
          {t("tickets.private")}
        </Badge>
      )}
      {(row.priority === "urgent" || row.priority === "high") && <Badge tone={row.priority === "urgent" ? "danger" : "warn"}>{t(`tickets.priority.${row.priority}`)}</Badge>}
      {row.sla && <Promised sla={row.sla} />}
      {row.status_name !== row.status && <Badge>{statusName(row.status, row.status_name)}</Badge>}
      {values.slice(0, 2).map(([column, value]) => (
        <Badge key={column} line title={columnName(column)}>
          {value}
        </Badge>
      ))}
      {tags.map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
      {more > 0 && <Badge title={row.tags.slice(2).join(", ")}>+{more}</Badge>}
    </>
  );
}

const columnName = (column: string) => {
  const key = `tickets.column.${column}`;
  return known(key) ? t(key) : column;
};

/** The share that a row of a list of shares is about: the newest that fits the list. */
function useShare(row: Listed, way: "in" | "group" | "out"): Share | undefined {
  const items = useQuery({ ...shares(row.number), retry: false }).data?.items ?? [];
  const fits = items.filter((s) => (way === "in" ? s.target.kind === "agent" : way === "group" ? s.target.kind === "group" : true));
  return fits.reduce<Share | undefined>((newest, s) => (newest && newest.created_at > s.created_at ? newest : s), undefined);
}

function ShareLine({ row, way }: { row: Listed; way: "in" | "group" | "out" }) {
  const share = useShare(row, way);
  const now = useNow();
  if (!share) return <span className="clip">{row.requester.name || row.requester.address}</span>;
  const by = share.created_by?.name ?? t("tickets.share.desk");
  const since = ago(share.created_at, "short", now);
  const level = t(`tickets.level.${share.level}`);
  const text =
    way === "out"
      ? t("tickets.share.to", { name: share.target.name, level, since })
      : way === "group"
        ? t("tickets.share.via", { name: by, group: share.target.name, level, since })
        : t("tickets.share.from", { name: by, level, since });
  return (
    <>
      <span className="clip" title={text}>
        {text}
      </span>
      {share.expires_at && (
        <Badge tone="warn" icon={Clock}>
          {t("tickets.share.ends", { when: ago(share.expires_at, "short", now) })}
        </Badge>
      )}
    </>
  );
}

/** A dot until the ticket was opened through its share. */
function NewDot({ row }: { row: Listed }) {
  const share = useShare(row, "in");
  if (!share || share.opened_at) return null;
  return (
    <>
      <span className="dot" data-new />
      <span className="vh">{t("tickets.new")}</span>
    </>
  );
}

/** Who has the ticket open: asked only where the live stream told of somebody. */
function Here({ number }: { number: number }) {
  return usePresent(number) ? <Who number={number} /> : null;
}

function Who({ number }: { number: number }) {
  const first = useQuery(presence(number)).data?.[0];
  if (!first) return null;
  const words = t(first.state === "replying" ? "tickets.here.replying" : "tickets.here.viewing", { name: first.person.name });
  return (
    <>
      <Avatar name={first.person.name} size="sm" live={first.state === "replying"} title={words} />
      <span className="vh">{words}</span>
    </>
  );
}
