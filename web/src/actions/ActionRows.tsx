import { ArrowDown, ArrowUp, GripVertical, type LucideIcon, Plus, X } from "lucide-react";
import { AtSign, BookUser, CalendarClock, Link2, Link2Off, Mail, MessageSquareText, ShieldX, Share2, SlidersHorizontal, StickyNote, Tag, Trash2, UserCheck, UserMinus, UserPlus, UsersRound, Webhook, Zap } from "lucide-react";
import { useId, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import type { Level } from "@/sharing/model";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Menu, MenuGroup, MenuItem } from "@/ui/Menu";
import { ActionFields } from "./ActionFields";
import { type Action, type Kind, begin, families, lacks, mostActions, move } from "./model";
import { type Names, actionName } from "./words";
import "./actions.css";

const icons: Record<string, LucideIcon> = {
  set: SlidersHorizontal, assign: UserCheck, add_tags: Tag, remove_tags: Tag, reply: MessageSquareText, note: StickyNote, notify: Mail, add_cc: AtSign,
  add_followers: UserPlus, webhook: Webhook, share: Share2, unshare: UserMinus, unshare_all: UsersRound, set_level: BookUser, set_expiry: CalendarClock,
  make_link: Link2, revoke_links: Link2Off, spam: ShieldX, delete: Trash2,
};
export const actionIcon = (kind: string): LucideIcon => icons[kind] ?? Zap;

type Props = {
  actions: readonly Action[];
  onChange: (actions: Action[]) => void;
  /** The names behind ids, and the fields that can be set. */
  names: Names;
  /** The kinds that can be chosen here: a macro has fewer than a rule. */
  offered: readonly string[];
  /** The failure of the last save: what is about an action stands at its row. */
  error?: unknown;
};

export type Faults = (member: string) => string;

/** faultsOf gives what the server said about the members of one action; "" asks for what is about the action as a whole. */
export function faultsOf(error: unknown, at: number): Faults {
  const start = `actions[${at}]`;
  const found = error instanceof ApiError ? error.faults.map((f) => ({ ...f, location: f.location.replace(/^body\./, "") })).filter((f) => f.location === start || f.location.startsWith(`${start}.`)) : [];
  return (member) => found.find((f) => (member ? f.location === `${start}.${member}` || f.location.startsWith(`${start}.${member}[`) : f.location === start || f.location === `${start}.do`))?.message ?? "";
}

// A row keeps its fields when it is moved, so each has a name of its own beside its place.
let last = 0;
const fresh = () => ++last;

/** The actions of a rule or a macro, carried out one after the other: rows to add, change, move and take away. */
export function ActionRows({ actions, onChange, names, offered, error }: Props) {
  const { settings } = useMe();
  const [keys, setKeys] = useState(() => actions.map(fresh));
  const [dragged, setDragged] = useState<number>();
  const list = useRef<HTMLOListElement>(null);
  const put = (next: Action[], nextKeys: number[]) => (setKeys(nextKeys), onChange(next));
  const shift = (from: number, to: number) => put(move(actions, from, to), move(keys, from, to));
  const drop = (at: number) => {
    put(actions.filter((_, i) => i !== at), keys.filter((_, i) => i !== at));
    requestAnimationFrame(() => list.current?.parentElement?.querySelector<HTMLElement>(".action-add")?.focus());
  };
  const add = (kind: Kind) => {
    put([...actions, begin(kind, settings["sharing.default_level"] as Level | undefined)], [...keys, fresh()]);
    // The first field of the new row, once its menu has given the focus back.
    setTimeout(() => list.current?.lastElementChild?.querySelector<HTMLElement>(".action-fields :is(input:not([type=checkbox]), select, textarea)")?.focus(), 50);
  };
  const full = actions.length >= mostActions ? t("actions.full", { count: mostActions }) : undefined;
  return (
    <div className="actions">
      {actions.length > 0 && (
        <ol className="action-list" ref={list}>
          {actions.map((action, i) => (
            <ActionRow
              key={keys[i]}
              action={action}
              at={i}
              last={actions.length - 1}
              names={names}
              faults={faultsOf(error, i)}
              dragged={dragged}
              onDrag={setDragged}
              onChange={(next) => onChange(actions.map((a, n) => (n === i ? next : a)))}
              onMove={shift}
              onDrop={() => drop(i)}
            />
          ))}
        </ol>
      )}
      {full ? (
        <Button size="sm" kind="quiet" icon={Plus} className="action-add" reason={full}>
          {t("actions.add")}
        </Button>
      ) : (
        <Menu
          label={t("actions.add")}
          align="start"
          trigger={
            <Button size="sm" kind={actions.length === 0 ? "plain" : "quiet"} icon={Plus} className="action-add">
              {t("actions.add")}
            </Button>
          }
        >
          {families.map((f) => {
            const kinds = f.kinds.filter((k) => offered.includes(k));
            if (kinds.length === 0) return null;
            return (
              <MenuGroup key={f.of} label={t(`actions.family.${f.of}`)}>
                {kinds.map((k) => (
                  <MenuItem key={k} icon={actionIcon(k)} onSelect={() => add(k)}>
                    {actionName(k)}
                  </MenuItem>
                ))}
              </MenuGroup>
            );
          })}
        </Menu>
      )}
    </div>
  );
}

type RowProps = {
  action: Action;
  at: number;
  last: number;
  names: Names;
  faults: Faults;
  dragged: number | undefined;
  onDrag: (at: number | undefined) => void;
  onChange: (action: Action) => void;
  onMove: (from: number, to: number) => void;
  onDrop: () => void;
};

function ActionRow({ action, at, last: end, names, faults, dragged, onDrag, onChange, onMove, onDrop }: RowProps) {
  const [over, setOver] = useState(false);
  const id = useId();
  const name = actionName(action.do);
  const lack = lacks(action);
  const whole = faults("");
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dragging is an extra beside the buttons
    <li
      className="action"
      aria-labelledby={id}
      data-fault={!!whole || undefined}
      data-dragged={dragged === at || undefined}
      data-over={over && dragged !== at ? (dragged! < at ? "after" : "before") : undefined}
      onDragOver={(e) => {
        if (dragged === undefined) return;
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        if (dragged === undefined) return;
        e.preventDefault();
        setOver(false);
        if (dragged !== at) onMove(dragged, at);
        onDrag(undefined);
      }}
    >
      <div className="action-head">
        <span
          className="action-grip"
          aria-hidden="true"
          draggable
          onDragStart={(e) => {
            e.dataTransfer.effectAllowed = "move";
            e.dataTransfer.setData("text/plain", name);
            const row = e.currentTarget.closest("li");
            if (row) e.dataTransfer.setDragImage(row, 10, 20);
            onDrag(at);
          }}
          onDragEnd={() => onDrag(undefined)}
        >
          <Icon of={GripVertical} />
        </span>
        <Icon of={actionIcon(action.do)} />
        <h3 id={id} className="clip">
          {name}
        </h3>
        <span className="push" />
        <IconButton icon={ArrowUp} label={t("actions.up", { n: at + 1 })} disabled={at === 0} onClick={() => onMove(at, at - 1)} />
        <IconButton icon={ArrowDown} label={t("actions.down", { n: at + 1 })} disabled={at === end} onClick={() => onMove(at, at + 1)} />
        <IconButton icon={X} label={t("actions.remove", { n: at + 1 })} onClick={onDrop} />
      </div>
      <ActionFields action={action} onChange={onChange} names={names} faults={faults} />
      {whole ? (
        <p className="error" data-tone="danger" role="alert">
          {whole}
        </p>
      ) : (
        lack && <p className="hint">{t(`actions.lack.${lack}`)}</p>
      )}
    </li>
  );
}
