import { Building2, Link2, Zap } from "lucide-react";
import { Icon } from "./Icon";

export type AvatarKind = "person" | "group" | "partner" | "link" | "system";

/** The hue of somebody: the same on every screen and for everybody. */
export function hueOf(name: string): number {
  let h = 7;
  for (const c of name) h = (h * 31 + (c.codePointAt(0) ?? 0)) % 360;
  return h;
}

/** One or two letters of a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : ([...(words[0] ?? "")][1] ?? "");
  return words.length > 1 ? (first + last).toUpperCase() : first.toUpperCase() + last;
}

/** Who somebody is, by shape: circle person, square group, building partner, chain link; dashed outside the house. */
export function Avatar(props: { name: string; kind?: AvatarKind; size?: "sm" | "md" | "lg"; outside?: boolean; live?: boolean; away?: boolean; title?: string }) {
  const { name, kind = "person", size = "md" } = props;
  const drawing = { partner: Building2, link: Link2, system: Zap }[kind as "partner" | "link" | "system"];
  return (
    <span
      className="avatar"
      aria-hidden="true"
      title={props.title}
      data-kind={kind === "person" ? undefined : kind}
      data-size={size === "md" ? undefined : size}
      data-outside={props.outside || undefined}
      data-live={props.live || undefined}
      data-away={props.away || undefined}
      style={{ "--h": hueOf(name) } as React.CSSProperties}
    >
      {drawing ? <Icon of={drawing} /> : initials(name)}
    </span>
  );
}
