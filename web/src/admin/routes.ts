import { type AnyRoute, createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { type LateArea, loadTexts } from "@/app/i18n";

// The pages of the administration. Each is fetched when it is opened; pages of one object have its id in the address.

/** adminRoutes gives the pages below /admin. */
export function adminRoutes<P extends AnyRoute>(parent: P) {
  const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string, ...texts: LateArea[]) =>
    createRoute({ getParentRoute: () => parent, path, component: lazyRouteComponent(load as never, name as never), ...(texts.length > 0 ? { loader: () => loadTexts(...texts) } : {}) });
  return [
    page("/settings", () => import("./Settings"), "Settings"),
    page("/people", () => import("./People"), "People"),
    page("/people/import", () => import("./PeopleImport"), "PeopleImport"),
    page("/people/$id", () => import("./Person"), "Person"),
    page("/roles", () => import("./Roles"), "Roles"),
    page("/roles/$id", () => import("./Role"), "Role"),
    page("/groups", () => import("./Groups"), "Groups"),
    page("/groups/$id", () => import("./Group"), "Group"),
    page("/departments", () => import("./Departments"), "Departments"),
    page("/companies", () => import("./Companies"), "Companies"),
    page("/sign-in", () => import("./SignIn"), "SignIn"),
    page("/shares", () => import("./AllShares"), "AllShares"),
    page("/share-templates", () => import("./ShareTemplates"), "ShareTemplates"),
    page("/share-policy", () => import("./SharePolicy"), "SharePolicy"),
    page("/partners", () => import("../partners/Partners"), "Partners", "partners"),
    page("/partners/$id", () => import("../partners/Partner"), "Partner", "partners"),
    page("/brands", () => import("../desk/Brands"), "Brands"),
    page("/inboxes", () => import("../desk/Inboxes"), "Inboxes"),
    page("/fields", () => import("../desk/Fields"), "Fields", "ticket"),
    page("/statuses", () => import("../desk/Statuses"), "Statuses"),
    page("/hours", () => import("../desk/Calendars"), "Calendars"),
    page("/sla", () => import("../desk/SLA"), "SLA"),
    page("/snippets", () => import("../desk/Snippets"), "Snippets"),
    page("/macros", () => import("../desk/Macros"), "Macros"),
    createRoute({
      getParentRoute: () => parent,
      path: "/rules",
      beforeLoad: () => {
        throw redirect({ to: "/admin/rules/create" as "/admin", replace: true });
      },
    }),
    page("/rules/$kind", () => import("../rules/Rules"), "Rules", "rules"),
    page("/rules/$kind/$id", () => import("../rules/Rule"), "Rule", "rules"),
    page("/tokens", () => import("../desk/Tokens"), "Tokens"),
    page("/webhooks", () => import("../desk/Webhooks"), "Webhooks"),
    page("/webhooks/$id", () => import("../desk/Webhook"), "Webhook"),
    page("/notices", () => import("../desk/Notices"), "Notices"),
    page("/mail-templates", () => import("../desk/MailTemplates"), "MailTemplates"),
    page("/mail-templates/$kind/$language", () => import("../desk/MailTemplate"), "MailTemplate"),
    page("/jobs", () => import("../desk/Jobs"), "Jobs"),
    page("/outgoing", () => import("../desk/Outgoing"), "Outgoing"),
    page("/held-mails", () => import("../desk/HeldMails"), "HeldMails"),
    page("/audit", () => import("../desk/Audit"), "Audit"),
  ];
}
