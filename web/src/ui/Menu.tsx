import { Menu as Base } from "@base-ui/react/menu";
import { Check, type LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Icon } from "./Icon";
import { Keys } from "./Tip";

/** A list of actions that opens from a control: `<Menu trigger={<IconButton .../>}><MenuItem .../></Menu>`. */
export function Menu({ trigger, children, align = "end", label }: { trigger: ReactElement; children: ReactNode; align?: "start" | "center" | "end"; label?: string }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="pop" align={align} sideOffset={4} collisionPadding={8}>
          <Base.Popup className="menu" aria-label={label}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

type ItemProps = { icon?: LucideIcon; children: ReactNode; onSelect: () => void; keys?: string; hint?: ReactNode; danger?: boolean; disabled?: boolean; current?: boolean };

export function MenuItem({ icon, children, onSelect, keys, hint, danger = false, disabled = false, current }: ItemProps) {
  return (
    <Base.Item className="menu-item" data-kind={danger ? "danger" : undefined} disabled={disabled} onClick={onSelect}>
      {icon && <Icon of={icon} />}
      <span className="clip">{children}</span>
      {hint && <span className="meta">{hint}</span>}
      {current && <Icon of={Check} className="push" />}
      {keys && <Keys of={keys} />}
    </Base.Item>
  );
}

/** A line between parts of a menu. */
export function MenuLine() {
  return <Base.Separator className="menu-line" />;
}

/** Items under a heading. */
export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="group-label menu-label">{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}
