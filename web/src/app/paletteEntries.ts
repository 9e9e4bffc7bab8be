import { ArrowRight, CornerDownLeft, Hash, History, Layers, type LucideIcon, Search, SlidersHorizontal, Ticket, Zap } from "lucide-react";
import { adminEntries } from "@/admin/nav";
import type { Schema } from "@/api/client";
import type { View } from "@/api/queries";
import type { AvatarKind } from "@/ui/Avatar";
import { viewName } from "./Side";
import { known, t } from "./i18n";
import { type Mark, marksOf, rank } from "./match";
import type { Action } from "./shortcuts";

/** A line of the palette: it leads somewhere or does something. */
export type Entry = {
  id: string;
  label: string;
  icon: LucideIcon;
  hint?: string | undefined;
  keys?: string | undefined;
  marks?: Mark[] | undefined;
  number?: number;
  who?: { name: string; kind: AvatarKind };
  /** Found by these words as well. */
  also?: string;
  to?: { to: string; search?: Record<string, unknown>; hash?: string; params?: Record<string, unknown> };
  run?: () => void;
};

/** Lines under a heading. */
export type Part = { value: string; label: string; items: Entry[] };

type Quick = Schema<"Quick">;
export type Local = { actions: Entry[]; views: Entry[]; admin: Entry[]; settings: Entry[] };

type Sources = { actions: Action[]; views: View[]; settings: Schema<"Setting">[]; permissions: readonly string[] };

/** What the actions on the ticket at hand come before: they are why the palette was opened there. */
const order: Action["group"][] = ["ticket", "write", "list", "any", "go"];

/** settingName is what a setting is called: its words in the catalogue, else what the server says it is for. */
function settingName(s: Schema<"Setting">): string {
  const key = `admin.setting.${s.key}`;
  return known(key) ? t(key) : s.help;
}

/** localEntries gives the lines that need no search. */
export function localEntries({ actions, views, settings, permissions }: Sources): Local {
  const shown = actions.filter((a) => !a.keyOnly && a.id !== "search" && a.id !== "palette");
  return {
    actions: shown
      .sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group))
      .map((a) => ({ id: `action-${a.id}`, label: a.text ?? t(a.label), icon: a.group === "go" ? ArrowRight : Zap, keys: a.keys, run: a.run })),
    views: views
      .filter((v) => v.active && !v.hidden)
      .map((v) => ({ id: `view-${v.key}`, label: viewName(v), icon: Layers, to: { to: "/tickets", search: { view: v.key } } })),
    admin: adminEntries
      .filter((e) => permissions.includes(e.permission))
      .map((e) => ({ id: e.path, label: t(e.label), icon: e.icon, to: { to: e.path } })),
    settings: settings.map((s) => ({ id: `setting-${s.key}`, label: settingName(s), icon: SlidersHorizontal, also: s.key.replace(/[._]/g, " "), to: { to: "/admin/settings", hash: s.key } })),
  };
}

type Input = { typed: string; found: Quick | undefined; recent: { number: number; subject: string }[]; local: Local };

/** partsOf puts together what is offered for what was typed. The first line never depends on the server's answer, so that
    Enter does what was seen. */
export function partsOf({ typed, found, recent, local }: Input): Part[] {
  if (!typed) return idle(recent, local);
  const number = /^#?([1-9]\d{0,15})$/.exec(typed)?.[1];
  const tickets = (found?.tickets ?? []).filter((x) => String(x.number) !== number);
  const exact = found?.tickets.find((x) => String(x.number) === number);
  const views = best(local.views, typed, 4);
  const actions = best(local.actions, typed, 5);
  const near = [...views, ...actions].filter((e) => rank(e.label, typed) > 1);
  const rest = (list: Entry[]) => list.filter((e) => !near.includes(e));
  const search: Entry = { id: "search-all", label: t("app.palette.search_all", { q: typed }), icon: Search, to: { to: "/tickets", search: { view: "all", q: typed, state: "any" } } };
  const jump: Entry[] = number
    ? [{ id: `ticket-${number}`, label: exact?.subject ?? t("app.palette.jump"), icon: Hash, number: Number(number), hint: exact?.requester?.name, to: toTicket(Number(number)) }]
    : [];
  return parts([
    ["best", t("app.palette.best"), [...jump, ...near, search]],
    ["tickets", t("app.palette.tickets"), tickets.map((x) => ({ id: `ticket-${x.number}`, label: x.subject, icon: Ticket, number: x.number, marks: x.marks, hint: x.requester?.name, to: toTicket(x.number) }))],
    ["people", t("app.palette.people"), (found?.people ?? []).map((p) => person(p, typed))],
    ["groups", t("app.palette.groups"), (found?.groups ?? []).map((g) => group(g, typed))],
    ["views", t("app.nav.views"), rest(views)],
    ["actions", t("app.palette.actions"), rest(actions)],
    ["admin", t("app.nav.admin"), best(local.admin, typed, 5)],
    ["settings", t("app.admin.settings"), best(local.settings, typed, 5)],
  ]);
}

function idle(recent: Input["recent"], local: Local): Part[] {
  const here = local.actions.filter((e) => e.icon !== ArrowRight);
  return parts([
    ["recent", t("app.palette.recent"), recent.map((x) => ({ id: `ticket-${x.number}`, label: x.subject, icon: History, number: x.number, to: toTicket(x.number) }))],
    ["actions", t("app.palette.actions"), here],
    ["go", t("app.palette.go"), [...local.actions.filter((e) => e.icon === ArrowRight), ...local.views.filter((v) => !local.actions.some((a) => a.label === v.label))]],
    ["admin", t("app.nav.admin"), local.admin],
  ]);
}

const toTicket = (number: number) => ({ to: "/tickets/$number", params: { number }, search: { view: "all" } });

/** quoted makes a name one word of a search. */
const quoted = (text: string) => `"${text.replace(/"/g, " ")}"`;

function person(p: Quick["people"][number], typed: string): Entry {
  const word = p.kind === "agent" ? "to" : "from";
  return { id: `person-${p.id}`, label: p.name || p.address, icon: CornerDownLeft, who: { name: p.name || p.address, kind: "person" }, hint: p.address,
    marks: marksOf(p.name || p.address, typed), to: { to: "/tickets", search: { view: "all", q: `${word}:${p.address}`, state: "any" } } };
}

function group(g: Quick["groups"][number], typed: string): Entry {
  return { id: `group-${g.id}`, label: g.name, icon: CornerDownLeft, who: { name: g.name, kind: "group" }, marks: marksOf(g.name, typed),
    to: { to: "/tickets", search: { view: "all", q: `in:${quoted(g.name)}` } } };
}

/** best gives the entries that fit, the closest first. */
function best(list: Entry[], typed: string, most: number): Entry[] {
  return list
    .map((e) => ({ e, r: Math.max(rank(e.label, typed), e.also ? Math.min(rank(e.also, typed), 1) : 0) }))
    .filter((x) => x.r > 0)
    .sort((a, b) => b.r - a.r)
    .slice(0, most)
    .map(({ e }) => ({ ...e, marks: marksOf(e.label, typed) }));
}

const parts = (list: [string, string, Entry[]][]): Part[] => list.filter(([, , items]) => items.length > 0).map(([value, label, items]) => ({ value, label, items }));
