import {
  Activity, AtSign, Building2, Globe, Inbox, KeyRound, ListChecks, type LucideIcon, MailWarning, MessageSquareText, Network, Palette, ScrollText,
  Settings, Share2, ShieldCheck, SquareUser, Tags, UserCog, Users, Webhook,
} from "lucide-react";
import type { Key } from "@/app/i18n";

export type AdminEntry = { path: string; label: Key; icon: LucideIcon; permission: string; group: "desk" | "people" | "sharing" | "connect" | "operate" };

/** The pages of the administration, in the order of its menu, each with the permission it needs. */
export const adminEntries: AdminEntry[] = [
  { path: "/admin/settings", label: "app.admin.settings", icon: Settings, permission: "settings.manage", group: "desk" },
  { path: "/admin/brands", label: "app.admin.brands", icon: Palette, permission: "inboxes.manage", group: "desk" },
  { path: "/admin/inboxes", label: "app.admin.inboxes", icon: Inbox, permission: "inboxes.manage", group: "desk" },
  { path: "/admin/fields", label: "app.admin.fields", icon: Tags, permission: "fields.manage", group: "desk" },
  { path: "/admin/statuses", label: "app.admin.statuses", icon: ListChecks, permission: "fields.manage", group: "desk" },
  { path: "/admin/snippets", label: "app.admin.snippets", icon: MessageSquareText, permission: "tickets.reply", group: "desk" },
  { path: "/admin/people", label: "app.admin.people", icon: Users, permission: "people.manage", group: "people" },
  { path: "/admin/roles", label: "app.admin.roles", icon: UserCog, permission: "roles.manage", group: "people" },
  { path: "/admin/groups", label: "app.admin.groups", icon: SquareUser, permission: "groups.manage", group: "people" },
  { path: "/admin/departments", label: "app.admin.departments", icon: Network, permission: "people.manage", group: "people" },
  { path: "/admin/companies", label: "app.admin.companies", icon: Building2, permission: "people.manage", group: "people" },
  { path: "/admin/sign-in", label: "app.admin.sign_in", icon: ShieldCheck, permission: "security.manage", group: "people" },
  { path: "/admin/shares", label: "app.admin.shares", icon: Share2, permission: "shares.manage", group: "sharing" },
  { path: "/admin/tokens", label: "app.admin.tokens", icon: KeyRound, permission: "tokens.manage", group: "connect" },
  { path: "/admin/webhooks", label: "app.admin.webhooks", icon: Webhook, permission: "webhooks.manage", group: "connect" },
  { path: "/admin/notices", label: "app.admin.notices", icon: AtSign, permission: "settings.manage", group: "operate" },
  { path: "/admin/jobs", label: "app.admin.jobs", icon: Activity, permission: "jobs.manage", group: "operate" },
  { path: "/admin/held-mails", label: "app.admin.held_mails", icon: MailWarning, permission: "inboxes.manage", group: "operate" },
  { path: "/admin/audit", label: "app.admin.audit", icon: ScrollText, permission: "audit.read", group: "operate" },
];

export const adminGroups: Record<AdminEntry["group"], { label: Key; icon: LucideIcon }> = {
  desk: { label: "app.admin.group.desk", icon: Settings },
  people: { label: "app.admin.group.people", icon: Users },
  sharing: { label: "app.admin.group.sharing", icon: Share2 },
  connect: { label: "app.admin.group.connect", icon: Globe },
  operate: { label: "app.admin.group.operate", icon: Activity },
};
