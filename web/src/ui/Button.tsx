import { LoaderCircle, type LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { Icon } from "./Icon";
import { Keys, Tip } from "./Tip";

type ButtonProps = Omit<ComponentProps<"button">, "ref"> & {
  ref?: React.Ref<HTMLButtonElement>;
  kind?: "plain" | "primary" | "quiet" | "danger" | "note";
  size?: "md" | "sm";
  icon?: LucideIcon;
  /** Shows a turning mark and takes no second press, while the request runs. */
  busy?: boolean;
  /** Why it cannot be pressed: it stays in the tab order and says so. */
  reason?: string | undefined;
};

/** A button with a word on it. A disabled one keeps a visible reason beside it: pass `reason` to describe it. */
export function Button({ kind = "plain", size = "md", icon, busy = false, reason, children, onClick, type = "button", ...rest }: ButtonProps) {
  const off = busy || !!reason;
  return (
    <button
      {...rest}
      type={type}
      className={`btn ${rest.className ?? ""}`}
      data-kind={kind === "plain" ? undefined : kind}
      data-size={size === "sm" ? "sm" : undefined}
      aria-busy={busy || undefined}
      aria-disabled={off || undefined}
      title={reason ?? rest.title}
      onClick={(e) => (off ? e.preventDefault() : onClick?.(e))}
    >
      {busy ? <Icon of={LoaderCircle} /> : icon && <Icon of={icon} />}
      {children}
    </button>
  );
}

type IconButtonProps = Omit<ComponentProps<"button">, "ref"> & {
  ref?: React.Ref<HTMLButtonElement>;
  icon: LucideIcon;
  /** What it does: its name, and its tooltip. */
  label: string;
  /** The key that does the same, shown in the tooltip. */
  keys?: string | undefined;
  children?: ReactNode;
};

/** A button that shows only an icon; the label names it and stands in the tooltip. */
export function IconButton({ icon, label, keys, children, ...rest }: IconButtonProps) {
  return (
    <Tip text={label} keys={keys}>
      <button {...rest} type="button" className={`icon-btn ${rest.className ?? ""}`} aria-label={label}>
        <Icon of={icon} />
        {children}
      </button>
    </Tip>
  );
}

export { Keys };
