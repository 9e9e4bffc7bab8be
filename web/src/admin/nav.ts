import {
  Activity, AtSign, Building2, Clock, FilePlus2, CalendarClock, Globe, Handshake, Inbox, KeyRound, LayoutTemplate, ListChecks, ListFilter, type LucideIcon, MailPlus, MailWarning, MessageSquareText, Network, Palette, RefreshCw, ScrollText,
  Send, Settings, Share2, ShieldCheck, SquareUser, Tags, UserCheck, Timer, UserCog, Users, Webhook, Zap,
} from "lucide-react";
import type { Key } from "@/app/i18n";
import { type AdminPage, adminPages } from "./pages";

export type AdminEntry = AdminPage & { icon: LucideIcon };

const icons: Record<string, LucideIcon> = {
  "/admin/settings": Settings,
  "/admin/brands": Palette,
  "/admin/inboxes": Inbox,
  "/admin/fields": Tags,
  "/admin/statuses": ListChecks,
  "/admin/hours": CalendarClock,
  "/admin/sla": Timer,
  "/admin/snippets": MessageSquareText,
  "/admin/macros": Zap,
  "/admin/people": Users,
  "/admin/roles": UserCog,
  "/admin/groups": SquareUser,
  "/admin/departments": Network,
  "/admin/companies": Building2,
  "/admin/sign-in": ShieldCheck,
  "/admin/shares": Share2,
  "/admin/share-templates": LayoutTemplate,
  "/admin/share-policy": ListFilter,
  "/admin/partners": Handshake,
  "/admin/rules/create": FilePlus2,
  "/admin/rules/update": RefreshCw,
  "/admin/rules/time": Clock,
  "/admin/rules/assign": UserCheck,
  "/admin/tokens": KeyRound,
  "/admin/webhooks": Webhook,
  "/admin/notices": AtSign,
  "/admin/mail-templates": MailPlus,
  "/admin/jobs": Activity,
  "/admin/outgoing": Send,
  "/admin/held-mails": MailWarning,
  "/admin/audit": ScrollText,
};

/** The pages with their icons. */
export const adminEntries: AdminEntry[] = adminPages.map((page) => ({ ...page, icon: icons[page.path] ?? Settings }));

export const adminGroups: Record<AdminEntry["group"], { label: Key; icon: LucideIcon }> = {
  desk: { label: "app.admin.group.desk", icon: Settings },
  people: { label: "app.admin.group.people", icon: Users },
  sharing: { label: "app.admin.group.sharing", icon: Share2 },
  automation: { label: "app.admin.group.automation", icon: Zap },
  connect: { label: "app.admin.group.connect", icon: Globe },
  operate: { label: "app.admin.group.operate", icon: Activity },
};
