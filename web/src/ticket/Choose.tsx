import { Combobox } from "@base-ui/react/combobox";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { t } from "@/app/i18n";
import { Avatar, type AvatarKind } from "@/ui/Avatar";
import { Icon } from "@/ui/Icon";

export type Option = { id: number; name: string; hint?: string; kind?: AvatarKind };

/** useSlow gives a value once it has stood still. */
export function useSlow(value: string, ms = 120): string {
  const [slow, setSlow] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(value), value ? ms : 0);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return slow;
}

type Props = {
  label: string;
  value: Option | null;
  /** What can be chosen for what is typed; asked while it is open. */
  find: (q: string) => Promise<Option[]>;
  /** Keeps answers apart from those of other choices. */
  name: string;
  first?: Option[];
  onChoose: (o: Option) => void;
  id?: string;
  open?: boolean;
  onOpen?: (open: boolean) => void;
  children?: ReactNode;
  drawn?: boolean;
  className?: string;
};

/** A choice of one among many, with a search in it. */
export function Choose({ label, value, find, name, first = [], onChoose, id, open, onOpen, children, drawn = true, className = "choose" }: Props) {
  const [text, setText] = useState("");
  const [own, setOwn] = useState(false);
  const shown = open ?? own;
  const q = useSlow(text.trim());
  const found = useQuery({ queryKey: ["choose", name, q], queryFn: () => find(q), enabled: shown, placeholderData: (before) => before });
  const late = q !== text.trim() || found.isPlaceholderData;
  // Until the answer to what is typed is there, no more is shown of the one before than fits: Enter never takes another.
  const fits = (o: Option) => !late || `${o.name} ${o.hint ?? ""}`.toLowerCase().includes(text.trim().toLowerCase());
  const items = [...(q ? [] : first), ...(found.data ?? []).filter((o) => q || !first.some((f) => f.id === o.id))].filter(fits);
  return (
    <Combobox.Root<Option>
      items={items}
      filter={null}
      autoHighlight
      value={value}
      open={shown}
      onOpenChange={(next) => {
        setOwn(next);
        onOpen?.(next);
        if (!next) setText("");
      }}
      onInputValueChange={(next, details) => details.reason !== "item-press" && setText(next)}
      onValueChange={(o) => o && onChoose(o)}
      itemToStringLabel={(o) => o.name}
      isItemEqualToValue={(a, b) => a.id === b.id}
    >
      <Combobox.Trigger className={className} id={id} aria-label={value ? `${label}: ${value.name}` : label}>
        {children ?? (
          <>
            <span className={value ? "clip" : "clip meta"}>{value?.name ?? t("app.none")}</span>
            <Icon of={ChevronDown} small />
          </>
        )}
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner className="pop" align="start" sideOffset={4} collisionPadding={8}>
          <Combobox.Popup className="menu choose-pop" aria-label={label}>
            <Combobox.Input className="input" placeholder={t("ticket.choose.search")} aria-label={t("ticket.choose.search_in", { name: label })} />
            <Combobox.Empty className="meta suggest-none">{found.isFetching ? t("app.loading") : t("ticket.choose.none")}</Combobox.Empty>
            <Combobox.List className="choose-list">
              {(o: Option) => (
                <Combobox.Item key={o.id} value={o} className="menu-item choose-item">
                  {drawn && o.id > 0 && <Avatar name={o.name} kind={o.kind ?? "person"} size="sm" />}
                  <span className="clip">{o.name}</span>
                  {o.hint && <span className="meta">{o.hint}</span>}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
