import type { Key } from "@/app/i18n";

export type AdminPage = { path: string; label: Key; permission: string; group: "desk" | "people" | "sharing" | "automation" | "connect" | "operate" };

/** The pages of the administration, in the order of its menu, each with the permission it needs. Their icons stand in nav.ts. */
export const adminPages: AdminPage[] = [
  { path: "/admin/settings", label: "app.admin.settings", permission: "settings.manage", group: "desk" },
  { path: "/admin/brands", label: "app.admin.brands", permission: "inboxes.manage", group: "desk" },
  { path: "/admin/inboxes", label: "app.admin.inboxes", permission: "inboxes.manage", group: "desk" },
  { path: "/admin/fields", label: "app.admin.fields", permission: "fields.manage", group: "desk" },
  { path: "/admin/statuses", label: "app.admin.statuses", permission: "fields.manage", group: "desk" },
  { path: "/admin/hours", label: "app.admin.hours", permission: "settings.manage", group: "desk" },
  { path: "/admin/sla", label: "app.admin.sla", permission: "settings.manage", group: "desk" },
  { path: "/admin/snippets", label: "app.admin.snippets", permission: "tickets.reply", group: "desk" },
  { path: "/admin/macros", label: "app.admin.macros", permission: "tickets.reply", group: "desk" },
  { path: "/admin/people", label: "app.admin.people", permission: "people.manage", group: "people" },
  { path: "/admin/roles", label: "app.admin.roles", permission: "roles.manage", group: "people" },
  { path: "/admin/groups", label: "app.admin.groups", permission: "groups.manage", group: "people" },
  { path: "/admin/departments", label: "app.admin.departments", permission: "people.manage", group: "people" },
  { path: "/admin/companies", label: "app.admin.companies", permission: "people.manage", group: "people" },
  { path: "/admin/sign-in", label: "app.admin.sign_in", permission: "security.manage", group: "people" },
  { path: "/admin/shares", label: "app.admin.shares", permission: "shares.manage", group: "sharing" },
  { path: "/admin/share-templates", label: "app.admin.share_templates", permission: "shares.manage", group: "sharing" },
  { path: "/admin/share-policy", label: "app.admin.share_policy", permission: "settings.manage", group: "sharing" },
  { path: "/admin/partners", label: "app.admin.partners", permission: "partners.manage", group: "sharing" },
  { path: "/admin/rules/create", label: "app.admin.rules.create", permission: "rules.manage", group: "automation" },
  { path: "/admin/rules/update", label: "app.admin.rules.update", permission: "rules.manage", group: "automation" },
  { path: "/admin/rules/time", label: "app.admin.rules.time", permission: "rules.manage", group: "automation" },
  { path: "/admin/rules/assign", label: "app.admin.rules.assign", permission: "rules.manage", group: "automation" },
  { path: "/admin/tokens", label: "app.admin.tokens", permission: "tokens.manage", group: "connect" },
  { path: "/admin/webhooks", label: "app.admin.webhooks", permission: "webhooks.manage", group: "connect" },
  { path: "/admin/notices", label: "app.admin.notices", permission: "settings.manage", group: "operate" },
  { path: "/admin/mail-templates", label: "app.admin.mail_templates", permission: "settings.manage", group: "operate" },
  { path: "/admin/jobs", label: "app.admin.jobs", permission: "jobs.manage", group: "operate" },
  { path: "/admin/outgoing", label: "app.admin.outgoing", permission: "inboxes.manage", group: "operate" },
  { path: "/admin/held-mails", label: "app.admin.held_mails", permission: "inboxes.manage", group: "operate" },
  { path: "/admin/audit", label: "app.admin.audit", permission: "audit.read", group: "operate" },
];

/** Whether there is a page for somebody with these permissions beyond those that every agent may open. */
export const mayAdminister = (permissions: readonly string[]) => adminPages.some((p) => p.permission !== "tickets.reply" && permissions.includes(p.permission));
