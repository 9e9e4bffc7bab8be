import type { Page } from "playwright-core";
import { test } from "vitest";
import { type Rig, owner, settled } from "./rig.ts";

// Every screen of the workspace with what opens in it, for axe in light and dark and for its width. screens-wide and
// screens-phone go through it with 1440 and with 390 px.

type Step = [state: string, act?: (page: Page) => Promise<unknown>];
type Screen = { path: string; steps?: Step[]; as?: string };

const press = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name, ...(typeof name === "string" ? { exact: true } : {}) }).and(page.locator(":enabled")).first().click();
const choose = (name: string) => (page: Page) => page.getByRole("menuitem", { name, exact: true }).click();
const escape = (page: Page) => page.keyboard.press("Escape");
const key = (k: string) => (page: Page) => page.keyboard.press(k);
/** then does several things for one state. */
const then = (...acts: ((page: Page) => Promise<unknown>)[]) => async (page: Page) => {
  for (const act of acts) await act(page);
};
/** fresh leaves whatever is open by loading the page anew. */
const fresh = async (page: Page) => {
  await page.reload();
  await settled(page);
};
const form = (name: string | RegExp): Step[] => [["form", press(name)]];
const list = "/tickets?view=all&state=any";
const rows = (page: Page) => page.locator(".row").nth(2).waitFor();

const screens: Screen[] = [
  { path: "/", steps: [["shared with me", (p) => p.getByRole("tab", { name: /^Shared with me/ }).click()], ["shared with my groups", (p) => p.getByRole("tab", { name: /^Shared with my Groups/ }).click()]], as: "hr.agent@acme.example" },
  { path: "/", steps: [["palette", key("Control+k")], ["palette, results", (p) => p.keyboard.type("print")], ["keys", then(fresh, key("?"))]] },
  {
    path: list,
    steps: [
      ["order", then(rows, press(/^Sorted by/))],
      ["menu", then(escape, press("More about this list"))],
      ["views", choose("Arrange views")],
      ["save as view", then(escape, press("More about this list"), choose("Save as view"))],
      ["filter", then(fresh, rows, key("f"))],
      ["filter with a condition", press("Add condition")],
      ["selected", then(fresh, rows, (p) => p.locator(".row-pick").nth(1).click())],
      ["status", press("Set status")],
      ["assign", then(escape, press("Assign"))],
      ["tags", then(fresh, rows, (p) => p.locator(".row-pick").nth(1).click(), press("Change tags"))],
      ["share many", then(fresh, rows, (p) => p.locator(".row-pick").nth(1).click(), (p) => p.locator(".bulk-bar").getByRole("button", { name: "Share", exact: true }).click())],
    ],
  },
  { path: "/tickets?view=all&q=nothinghasthisword" },
  { path: "/tickets?view=shared-by-me" },
  {
    path: "/tickets/22",
    steps: [
      ["a note", then(key("n"), (p) => p.locator('.composer[data-kind="note"] .composer-edit[contenteditable]').waitFor())],
      ["menu", then(fresh, press("More actions"))],
      ["history", choose("History")],
      ["mails sent", then(fresh, press("More actions"), choose("Mails sent"))],
      ["merge", then(fresh, press("More actions"), choose("Merge into another ticket"))],
      ["delete", then(fresh, press("More actions"), choose("Delete"))],
    ],
  },
  { path: "/tickets/22?details=1" },
  { path: "/tickets/22?share=1", steps: [["the list is open", then((p) => p.getByRole("dialog").getByRole("combobox").first().fill("h"), (p) => p.getByRole("option").first().waitFor())], ["check access", then(fresh, press("Check access"))]] },
  { path: "/tickets/987654" },
  { path: "/tickets/new" },
  { path: "/requests" },
  { path: "/notifications" },
  { path: "/me", steps: [["second factor", press("Set up a second factor")]] },
  { path: "/admin/nowhere" },
  { path: "/admin/settings", steps: [["not saved", (p) => p.getByLabel("Ask for a reason", { exact: true }).click()], ["a preset", then(fresh, press(/changes?: Service desk$/))]] },
  { path: "/admin/brands", steps: form("New brand") },
  { path: "/admin/inboxes", steps: form("New inbox") },
  { path: "/admin/fields", steps: form("New field") },
  { path: "/admin/statuses", steps: form("New status") },
  { path: "/admin/hours", steps: form("New calendar") },
  { path: "/admin/sla", steps: form("New policy") },
  { path: "/admin/snippets", steps: form("New snippet") },
  { path: "/admin/macros", steps: form("New macro") },
  { path: "/admin/outgoing", steps: [["server", press("Choose a server")], ["key", then(fresh, press("Make a key"))]] },
  { path: "/admin/people", steps: form("New person") },
  { path: "/admin/people/4" },
  { path: "/admin/people/import" },
  { path: "/admin/roles", steps: form("New role") },
  { path: "/admin/roles/4" },
  { path: "/admin/groups", steps: form("New group") },
  { path: "/admin/groups/1" },
  { path: "/admin/departments", steps: form("New department") },
  { path: "/admin/companies", steps: form("New company") },
  { path: "/admin/sign-in", steps: form("New provider") },
  { path: "/admin/shares" },
  { path: "/admin/share-templates", steps: form("New share template") },
  { path: "/admin/share-policy", steps: form("New entry") },
  { path: "/admin/partners", steps: [...form("Invite a partner"), ["one-time address", then(fresh, press("New address"))], ["paused", then((p) => p.goto("/admin/partners?state=paused"), settled)]] },
  { path: "/admin/partners/1", steps: [["edit", then(press("More actions"), choose("Edit"))], ["change the key", then(fresh, press("More actions"), choose("Change the key"))], ["end", then(fresh, press("More actions"), choose("End the agreement"))]] },
  { path: "/admin/rules/create" },
  { path: "/admin/rules/update/new", steps: [["an event and a condition", then(press("Add event"), press("Add condition"))]] },
  { path: "/admin/rules/time" },
  { path: "/admin/rules/assign" },
  { path: "/admin/tokens", steps: form("New token") },
  { path: "/admin/webhooks", steps: form("New webhook") },
  { path: "/admin/notices" },
  { path: "/admin/mail-templates" },
  { path: "/admin/mail-templates/reply/en" },
  { path: "/admin/jobs" },
  { path: "/admin/held-mails" },
  { path: "/admin/audit" },
];

/** walkScreens makes a test of every screen, at one width. */
export function walkScreens(rig: () => Rig, size: { width: number; height: number }) {
  test.each(screens)(`$path is without a finding of axe, and fits, at ${size.width} px`, async ({ path, steps = [], as = owner }) => {
    const page = await rig().page({ as, ...size });
    await page.goto(path);
    await page.locator("#root [data-heading], #root h1").first().waitFor({ state: "attached" });
    await settled(page);
    await rig().looks(page, path);
    for (const [state, act] of steps) {
      await act?.(page);
      await settled(page);
      await rig().looks(page, `${path}, ${state}`);
    }
  });
}
