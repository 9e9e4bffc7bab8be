import "./badges.css";
import { useQuery } from "@tanstack/react-query";
import { Clock, Link2 } from "lucide-react";
import { type Share, type Ticket, shares } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { exact } from "@/app/time";
import { Badge, BadgeButton } from "@/ui/Badge";
import { Icon } from "@/ui/Icon";
import { Tip } from "@/ui/Tip";
import { useNow } from "@/ui/When";
import { LinkBadge, looks } from "./RowBadge";
import { useMayShare, useShareAddress } from "./ShareButton";
import { type Direction, direction, ends, soonest } from "./model";

function label(way: Direction, ticket: Ticket): string {
  const group = ticket.reasons.find((r) => r.way === "group_share")?.group?.name;
  const direct = ticket.reasons.some((r) => r.way === "share");
  if (way === "out") return t("sharing.badge.out", { count: ticket.shares });
  if (way === "both") return t("sharing.badge.both");
  return direct || !group ? t("sharing.badge.in") : t("sharing.badge.in_group", { group });
}

/** How a ticket is shared: which way, with how many, until when. It opens who has access. A row of a list has RowBadge. */
export function ShareBadges({ ticket }: { ticket: Ticket }) {
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
