import { useQuery } from "@tanstack/react-query";
import {
  ArrowDown, ArrowUp, AtSign, CalendarClock, Eye, Flag, Link2, Link2Off, type LucideIcon, MailPlus, MessageSquare, Plus, Reply, Share2, ShieldAlert, StickyNote,
  Tag, Tags, Trash2, UserMinus, UserPlus, UserRound, Users, Webhook, X,
} from "lucide-react";
import { t } from "@/app/i18n";
import { useMay } from "@/app/session";
import { filters } from "@/tickets/api";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Menu, MenuGroup, MenuItem } from "@/ui/Menu";
import { Body } from "./ActionBody";
import { type Action, type Keyed, type Kind, blank, keyed, kinds, moved, rulesOnly, unfinished } from "./model";
import { kindName } from "./names";
import { useKeptFocus } from "./useKeptFocus";
import "./actions.css";

const icons: Record<Kind, LucideIcon> = {
  set: Flag, assign: UserRound, add_tags: Tag, remove_tags: Tags, reply: Reply, note: StickyNote, notify: MailPlus, add_cc: AtSign, add_followers: Eye, webhook: Webhook,
  share: Share2, unshare: UserMinus, unshare_all: Users, set_level: UserPlus, set_expiry: CalendarClock, make_link: Link2, revoke_links: Link2Off, spam: ShieldAlert, delete: Trash2,
};
export const iconOf = (kind: string): LucideIcon => icons[kind as Kind] ?? MessageSquare;

const groups: { label: "actions.group.ticket" | "actions.group.write" | "actions.group.sharing" | "actions.group.more"; kinds: Kind[] }[] = [
  { label: "actions.group.ticket", kinds: ["set", "assign", "add_tags", "remove_tags"] },
  { label: "actions.group.write", kinds: ["reply", "note", "notify", "add_cc", "add_followers"] },
  { label: "actions.group.sharing", kinds: ["share", "unshare", "unshare_all", "set_level", "set_expiry", "make_link", "revoke_links"] },
  { label: "actions.group.more", kinds: ["webhook", "spam", "delete"] },
];

export const most = 20;

type Props = {
  list: readonly Keyed[];
  onChange: (list: Keyed[]) => void;
  /** What the server said about the action at a place, or about one of its members, as in "actions[2].level". */
  fault: (place: string) => string;
  /** Of a rule, which has more kinds than a macro. */
  rule?: boolean;
};

/** The actions of a rule or a macro, one under the other, in the order in which they are read. */
export function ActionRows({ list, onChange, fault, rule = false }: Props) {
  const fields = useQuery(filters).data ?? [];
  const hooks = useMay("webhooks.manage");
  const offered = kinds.filter((k) => (rule || !rulesOnly.includes(k)) && (k !== "webhook" || hooks));
  const put = (i: number, action: Action) => onChange(list.map((k, j) => (j === i ? { ...k, action } : k)));
  const all = fault("actions");
  const rows = useKeptFocus<HTMLOListElement>(list);
  const move = (from: number, to: number) => {
    rows.keep(to, to < from ? "up" : "down");
    onChange(moved(list, from, to));
  };
  return (
    <div className="action-rows">
      <ol ref={rows.ref}>
        {list.map(({ key, action }, i) => {
          const name = kindName(action.do);
          const own = fault(`actions[${i}]`);
          return (
            <li key={key} className="action-row" data-fault={!!own || undefined} aria-label={t("actions.nth", { n: i + 1, name })}>
              <div className="action-head">
                <Icon of={iconOf(action.do)} />
                <strong className="clip">{name}</strong>
                <span className="push" />
                <IconButton icon={ArrowUp} label={t("actions.up")} data-move="up" disabled={i === 0} onClick={() => move(i, i - 1)} />
                <IconButton icon={ArrowDown} label={t("actions.down")} data-move="down" disabled={i === list.length - 1} onClick={() => move(i, i + 1)} />
                <IconButton icon={X} label={t("actions.remove", { name })} onClick={() => onChange(list.filter((_, j) => j !== i))} />
              </div>
              <Body action={action} fields={fields} onChange={(next) => put(i, next)} />
              {own ? (
                <p className="error" role="alert" data-tone="danger">
                  {own}
                </p>
              ) : (
                unfinished(action) && <p className="hint">{t("actions.unfinished")}</p>
              )}
            </li>
          );
        })}
      </ol>
      {all && !list.some((_, i) => fault(`actions[${i}]`)) && (
        <p className="error" role="alert" data-tone="danger">
          {all}
        </p>
      )}
      {list.length >= most ? (
        <Button size="sm" icon={Plus} reason={t("actions.full", { count: most })}>
          {t("actions.add")}
        </Button>
      ) : (
        <Menu
          align="start"
          label={t("actions.add")}
          trigger={
            <Button size="sm" icon={Plus}>
              {t("actions.add")}
            </Button>
          }
        >
          {groups.map((g) => {
            const inIt = g.kinds.filter((k) => offered.includes(k));
            if (inIt.length === 0) return null;
            return (
              <MenuGroup key={g.label} label={t(g.label)}>
                {inIt.map((k) => (
                  <MenuItem key={k} icon={icons[k]} onSelect={() => onChange([...list, keyed(blank(k, fields))])}>
                    {kindName(k)}
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
