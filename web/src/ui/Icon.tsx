import type { LucideIcon } from "lucide-react";

/** The drawing of an icon in the sizes of the parts: 16 px, or 12 px in badges. It never carries meaning alone. */
export function Icon({ of: Drawing, small = false, className = "" }: { of: LucideIcon; small?: boolean; className?: string }) {
  return <Drawing className={["icon", small ? "icon-sm" : "", className].join(" ")} aria-hidden="true" absoluteStrokeWidth={false} strokeWidth={small ? 2.4 : 2} />;
}

/** The sign of Deskmesh: two desks joined. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 22 22" aria-hidden="true">
      <rect width="22" height="22" rx="6" fill="var(--accent)" />
      <g fill="none" stroke="#fff" strokeWidth="1.5" strokeLinecap="round">
        <path d="m6 7 10 8M7.4 13.9l2.1-1.7M12.5 9.8l2.1-1.7" />
        <circle cx="6" cy="7" r="1.6" fill="#fff" />
        <circle cx="16" cy="7" r="1.6" fill="#fff" />
        <circle cx="6" cy="15" r="1.6" fill="#fff" />
        <circle cx="16" cy="15" r="1.6" fill="#fff" />
      </g>
    </svg>
  );
}
