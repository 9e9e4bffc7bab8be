import "./badges.css";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { ArrowDownLeft, ArrowLeftRight, ArrowUpRight, Clock, Link2, type LucideIcon } from "lucide-react";
import { type Row, type Share, type Ticket, shares } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { exact } from "@/app/time";
import { Badge, BadgeButton, type Tone } from "@/ui/Badge";
import { Icon } from "@/ui/Icon";
import { Tip } from "@/ui/Tip";
import { useNow } from "@/ui/When";
import { useMayShare, useShareAddress } from "./ShareButton";
import { type Direction, direction, ends, soonest } from "./model";

const looks: Record<Exclude<Direction, "none">, { icon: LucideIcon; tone: Tone }> = {
  out: { icon: ArrowUpRight, tone: "out" },
  in: { icon: ArrowDownLeft, tone: "in" },
  both: { icon: ArrowLeftRight, tone: "both" },
};

/** How a ticket is shared: which way, with how many, until when. compact is for a row of a list; in the ticket the badge opens who has access. */
export function ShareBadges({ ticket, compact = false }: { ticket: Row | Ticket; compact?: boolean }) {
  return "reasons" in ticket && !compact ? <Whole ticket={ticket} /> : <InRow row={ticket} />;
}

/** In a row only the number is known, and the list it stands in. */
function InRow({ row }: { row: Row | Ticket }) {
  const view = useSearch({ strict: false, select: (s) => (s as { view?: string }).view });
  const way = row.shares === 0 ? "none" : "reasons" in row ? direction(row) : view?.startsWith("shared-with-") ? "in" : "out";
  const link = row.public_link && <LinkBadge />;
  if (way === "none") return link || null;
  const badge = (
    <Badge tone={looks[way].tone} icon={looks[way].icon} title={tn("sharing.badge.title", row.shares)}>
      {way === "in" ? t("sharing.badge.in") : t("sharing.badge.out", { count: row.shares })}
    </Badge>
  );
  return (
    <>
      {badge}
      {link}
    </>
  );
}

/** That a public link opens the ticket. */
const LinkBadge = () => (
  <Badge tone="out" icon={Link2} title={t("sharing.badge.link.title")}>
    {t("sharing.badge.link")}
  </Badge>
);

function label(way: Direction, ticket: Ticket): string {
  const group = ticket.reasons.find((r) => r.way === "group_share")?.group?.name;
  const direct = ticket.reasons.some((r) => r.way === "share");
  if (way === "out") return t("sharing.badge.out", { count: ticket.shares });
  if (way === "both") return t("sharing.badge.both");
  return direct || !group ? t("sharing.badge.in") : t("sharing.badge.in_group", { group });
}

function Whole({ ticket }: { ticket: Ticket }) {
  const way = direction(ticket);
  const may = useMayShare(ticket.number);
  const now = useNow();
  const { show } = useShareAddress();
  const list = useQuery({ ...shares(ticket.number), enabled: ticket.shares > 0 }).data?.items ?? [];
  const link = ticket.public_link && <LinkButton may={may} onClick={show} />;
  if (way === "none") return link ? <span className="share-badges">{link}</span> : null;
  const names = who(list, now);
  const soon = soonest(list, 7, now);
  return (
    <span className="share-badges">
      <Tip text={names || tn("sharing.badge.title", ticket.shares)}>
        {may ? (
          <BadgeButton tone={looks[way].tone} icon={looks[way].icon} aria-haspopup="dialog" aria-label={t("sharing.badge.open", { what: label(way, ticket), names })} onClick={show}>
            {label(way, ticket)}
          </BadgeButton>
        ) : (
          <span className="badge" data-tone={looks[way].tone}>
            <Icon of={looks[way].icon} small />
            {label(way, ticket)}
            <span className="vh">{names}</span>
          </span>
        )}
      </Tip>
      {soon && (
        <Badge tone="warn" icon={Clock} title={exact(soon)}>
          {ends(soon, now)}
        </Badge>
      )}
      {link}
    </span>
  );
}

function LinkButton({ may, onClick }: { may: boolean; onClick: () => void }) {
  if (!may) return <LinkBadge />;
  return (
    <Tip text={t("sharing.badge.link.title")}>
      <BadgeButton tone="out" icon={Link2} aria-haspopup="dialog" aria-label={t("sharing.badge.link.open")} onClick={onClick}>
        {t("sharing.badge.link")}
      </BadgeButton>
    </Tip>
  );
}

/** who names the first few people and groups, with the end of those that end. */
function who(list: readonly Share[], now: number): string {
  const names = list.slice(0, 6).map((s) => (s.expires_at ? `${s.target.name} (${ends(s.expires_at, now)})` : s.target.name));
  return list.length > 6 ? t("sharing.badge.and", { names: names.join(", "), count: list.length - 6 }) : names.join(", ");
}
