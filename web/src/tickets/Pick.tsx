import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useDeferredValue, useId, useState } from "react";
import { call, client } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Icon } from "@/ui/Icon";

/** Somebody or something that can be picked. value is what the API takes. */
export type Pickable = { value: string | number; name: string; second?: string; kind?: "person" | "group" };

/** What can be searched for on the server. */
export type Source = "agent" | "person" | "company";

async function find(source: Source, q: string): Promise<Pickable[]> {
  if (source === "company") {
    const found = await call(client.GET("/companies", { params: { query: { q, limit: 8 } } }));
    return found.items.map((c) => ({ value: c.id, name: c.name }));
  }
  const found = await call(client.GET("/people", { params: { query: { q, limit: 8, ...(source === "agent" ? { kind: "agent" as const } : {}) } } }));
  return found.items.filter((p) => p.active).map((p) => ({ value: p.id, name: p.name || p.address || String(p.id), ...(p.address ? { second: p.address } : {}), kind: "person" as const }));
}

/** useName gives the name of a person or company that only a number stands for, as in an address. */
function useName(source: Source | undefined, value: string | number, choices: readonly Pickable[]): string {
  const given = choices.find((c) => c.value === value)?.name;
  const asked = useQuery({
    queryKey: ["name", source === "company" ? "company" : "person", value],
    queryFn: async () =>
      source === "company"
        ? (await call(client.GET("/companies/{id}", { params: { path: { id: Number(value) } } }))).name
        : (await call(client.GET("/people/{id}", { params: { path: { id: Number(value) } } }))).name,
    enabled: !given && !!source && typeof value === "number",
    retry: false,
    staleTime: Infinity,
  }).data;
  return given ?? asked ?? `#${value}`;
}

type PickProps = {
  label: string;
  /** Fixed ones, such as "me" and groups; they stand before what the server finds. */
  choices?: readonly Pickable[];
  source?: Source | undefined;
  value: readonly (string | number)[];
  several?: boolean;
  onChange: (value: (string | number)[]) => void;
  invalid?: boolean | undefined;
};

/** A field that finds people, groups and the like while one types, and keeps them as chips. */
export function Pick({ label, choices = [], source, value, several = false, onChange, invalid }: PickProps) {
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const id = useId();
  const q = useDeferredValue(text.trim());
  const asked = useQuery({ queryKey: ["pick", source, q], queryFn: () => find(source ?? "person", q), enabled: open && !!source, staleTime: 30_000 }).data ?? [];
  const low = q.toLowerCase();
  const list = [...choices.filter((c) => c.name.toLowerCase().includes(low)), ...asked].filter((c) => !value.includes(c.value)).slice(0, 12);
  const full = !several && value.length > 0;
  const add = (c: Pickable | undefined) => {
    if (!c) return;
    onChange(several ? [...value, c.value] : [c.value]);
    setText("");
    setOpen(several);
    setActive(0);
  };
  const onKey = (e: React.KeyboardEvent) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      setOpen(true);
      if (list.length) setActive((i) => (i + (e.key === "ArrowDown" ? (open ? 1 : 0) : -1) + list.length) % list.length);
    } else if (e.key === "Enter" && open && list.length) {
      e.preventDefault();
      add(list[Math.min(active, list.length - 1)]);
    } else if (e.key === "Escape" && open) {
      e.preventDefault();
      e.stopPropagation();
      setOpen(false);
    } else if (e.key === "Backspace" && !text) onChange(value.slice(0, -1));
  };
  const shown = open && list.length > 0;
  return (
    <span className="picker pick">
      {value.map((v) => (
        <PickChip key={v} value={v} source={source} choices={choices} onRemove={() => onChange(value.filter((other) => other !== v))} />
      ))}
      {!full && (
        <input
          role="combobox"
          aria-label={label}
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={shown ? `${id}-${active}` : undefined}
          aria-invalid={invalid || undefined}
          autoComplete="off"
          value={text}
          placeholder={value.length ? undefined : t("tickets.pick.hint")}
          onChange={(e) => {
            setText(e.target.value);
            setOpen(true);
            setActive(0);
          }}
          onKeyDown={onKey}
          onClick={() => setOpen(true)}
          onBlur={() => setTimeout(() => setOpen(false), 120)}
        />
      )}
      <span className="listbox" role="listbox" id={`${id}-list`} aria-label={label} hidden={!shown}>
        {shown &&
          list.map((c, i) => (
            <span key={c.value} id={`${id}-${i}`} className="person" role="option" tabIndex={-1} aria-selected={i === active} onPointerDown={(e) => (e.preventDefault(), add(c))}>
              {c.kind && <Avatar name={c.name} kind={c.kind} />}
              <span className="grow">
                <span className="clip">{c.name}</span>
                {c.second && <span className="meta clip">{c.second}</span>}
              </span>
            </span>
          ))}
      </span>
      <span className="vh" role="status">
        {open ? tn("tickets.pick.count", list.length) : ""}
      </span>
    </span>
  );
}

function PickChip({ value, source, choices, onRemove }: { value: string | number; source: Source | undefined; choices: readonly Pickable[]; onRemove: () => void }) {
  const name = useName(source, value, choices);
  return (
    <span className="chip chip-word">
      <span className="clip">{name}</span>
      <button type="button" aria-label={t("app.remove", { name })} onClick={onRemove}>
        <Icon of={X} small />
      </button>
    </span>
  );
}
