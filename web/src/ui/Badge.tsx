import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { Icon } from "./Icon";

export type Tone = "neutral" | "accent" | "out" | "in" | "both" | "note" | "warn" | "danger" | "ok";

type BadgeProps = { tone?: Tone; icon?: LucideIcon; line?: boolean; children: ReactNode; title?: string };

/** A word on a tint, with an icon where colour means something: never colour alone. keep: in a row that is too narrow, the others make room first. */
export function Badge({ tone = "neutral", icon, line = false, keep = false, children, title }: BadgeProps & { keep?: boolean }) {
  return (
    <span className="badge" data-tone={tone} data-line={line || undefined} data-keep={keep || undefined} title={title}>
      {icon && <Icon of={icon} small />}
      {children}
    </span>
  );
}

/** A badge that can be pressed. */
export function BadgeButton({ tone = "neutral", icon, line = false, children, ...rest }: BadgeProps & Omit<ComponentProps<"button">, "title">) {
  return (
    <button {...rest} type="button" className="badge" data-tone={tone} data-line={line || undefined}>
      {icon && <Icon of={icon} small />}
      {children}
    </button>
  );
}
