import { Circle, CircleCheck, CircleDashed, CircleDot, CirclePause, CircleSlash, type LucideIcon } from "lucide-react";
import { Icon } from "@/ui/Icon";
import { statusName } from "./describe";

const looks: Record<string, { icon: LucideIcon; tone: string }> = {
  new: { icon: CircleDot, tone: "accent" },
  open: { icon: Circle, tone: "warn" },
  pending: { icon: CircleDashed, tone: "in" },
  on_hold: { icon: CirclePause, tone: "neutral" },
  solved: { icon: CircleCheck, tone: "ok" },
  closed: { icon: CircleSlash, tone: "neutral" },
};

/** The sign of a status: a shape of its own for each, beside which its word stands. */
export function StatusMark({ status }: { status: string }) {
  const look = looks[status] ?? { icon: Circle, tone: "neutral" };
  return (
    <span className="status" data-tone={look.tone} title={statusName(status)}>
      <Icon of={look.icon} />
    </span>
  );
}
