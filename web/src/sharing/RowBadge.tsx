import { useSearch } from "@tanstack/react-router";
import { ArrowDownLeft, ArrowLeftRight, ArrowUpRight, Link2, type LucideIcon } from "lucide-react";
import type { Row } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { Badge, type Tone } from "@/ui/Badge";

/** How the directions of sharing look, on every screen. */
export const looks: Record<"out" | "in" | "both", { icon: LucideIcon; tone: Tone }> = {
  out: { icon: ArrowUpRight, tone: "out" },
  in: { icon: ArrowDownLeft, tone: "in" },
  both: { icon: ArrowLeftRight, tone: "both" },
};

/** That a public link opens the ticket. */
export const LinkBadge = () => (
  <Badge tone="out" icon={Link2} title={t("sharing.badge.link.title")}>
    {t("sharing.badge.link")}
  </Badge>
);

/** How a ticket of a list is shared. Only the number is known there, and the view it stands in. */
export function RowBadge({ row }: { row: Row }) {
  const view = useSearch({ strict: false, select: (s) => (s as { view?: string }).view });
  const way = view?.startsWith("shared-with-") ? "in" : "out";
  return (
    <>
      {row.shares > 0 && (
        <Badge tone={looks[way].tone} icon={looks[way].icon} title={tn("sharing.badge.title", row.shares)}>
          {way === "in" ? t("sharing.badge.in") : t("sharing.badge.out", { count: row.shares })}
        </Badge>
      )}
      {row.public_link && <LinkBadge />}
    </>
  );
}
