import { Timer, TimerOff } from "lucide-react";
import type { Row } from "@/api/queries";
import { t } from "@/app/i18n";
import { ago, exact } from "@/app/time";
import { Badge } from "@/ui/Badge";
import { useNow } from "@/ui/When";

/** How soon what is promised is due: said in words, in colour where it is near or over. */
export function Promised({ sla }: { sla: NonNullable<Row["sla"]> }) {
  const now = useNow();
  if (!sla.due_at || !sla.next) return null;
  const left = Date.parse(sla.due_at) - now;
  const words = { what: t(`tickets.sla.${sla.next}`), when: ago(sla.due_at, "short", now) };
  return (
    <Badge keep tone={left <= 0 ? "danger" : left < 3_600_000 ? "warn" : "neutral"} icon={left <= 0 ? TimerOff : Timer} title={exact(sla.due_at)}>
      <span className="clip">{t(left <= 0 ? "tickets.sla.over" : "tickets.sla.due", words)}</span>
    </Badge>
  );
}
