import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { adminRoutes } from "./admin/routes";
import { loadTexts } from "./app/i18n";
import { Missing } from "./app/Missing";
import { Shell } from "./app/Shell";
import { NoTicket } from "./tickets/NoTicket";
import { type ListSearch, readListSearch } from "./tickets/search";
import { Workspace } from "./tickets/Workspace";

const root = createRootRoute({ component: Shell, notFoundComponent: () => <Missing />, errorComponent: ({ error }) => <Missing error={error} /> });

const home = createRoute({ getParentRoute: () => root, path: "/", loader: () => loadTexts(), component: lazyRouteComponent(() => import("./home/Home"), "Home") });

/** The list, and beside it one ticket. What is listed stands in the address. */
const tickets = createRoute({
  getParentRoute: () => root,
  path: "/tickets",
  validateSearch: (search: Record<string, unknown>): ListSearch => readListSearch(search),
  component: Workspace,
});
const noTicket = createRoute({ getParentRoute: () => tickets, path: "/", component: NoTicket });
const newTicket = createRoute({ getParentRoute: () => tickets, path: "/new", loader: () => loadTexts("ticket"), component: lazyRouteComponent(() => import("./ticket/NewTicket"), "NewTicket") });
const ticket = createRoute({
  getParentRoute: () => tickets,
  path: "/$number",
  params: {
    parse: ({ number }) => ({ number: /^[1-9]\d{0,15}$/.test(number) ? Number(number) : 0 }),
    stringify: ({ number }) => ({ number: String(number) }),
  },
  loader: () => loadTexts("ticket"),
  component: lazyRouteComponent(() => import("./ticket/TicketPane"), "TicketPane"),
});

const requests = createRoute({ getParentRoute: () => root, path: "/requests", loader: () => loadTexts(), component: lazyRouteComponent(() => import("./sharing/Requests"), "Requests") });
const scheduled = createRoute({ getParentRoute: () => root, path: "/scheduled", loader: () => loadTexts("ticket"), component: lazyRouteComponent(() => import("./ticket/Scheduled"), "Scheduled") });
const notifications = createRoute({ getParentRoute: () => root, path: "/notifications", loader: () => loadTexts(), component: lazyRouteComponent(() => import("./app/Notifications"), "Notifications") });
const profile = createRoute({ getParentRoute: () => root, path: "/me", loader: () => loadTexts(), component: lazyRouteComponent(() => import("./app/Profile"), "Profile") });

const admin = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  loader: () => loadTexts("admin", "desk", "actions"),
  component: lazyRouteComponent(() => import("./admin/Admin"), "Admin"),
});
const adminStart = createRoute({
  getParentRoute: () => admin,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/admin/settings" as "/admin" });
  },
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    tickets.addChildren([noTicket, newTicket, ticket]),
    requests,
    scheduled,
    notifications,
    profile,
    admin.addChildren([adminStart, ...adminRoutes(admin)]),
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultPendingMs: 150,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
