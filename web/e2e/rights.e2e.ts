import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, test } from "vitest";
import { type Api, type Rig, noShare, settled, startRig } from "./rig.ts";

// Somebody who sees every ticket, with a role that lacks each permission in turn, walks through every screen: no control is
// there that the API would refuse, and none is missing that it would not.

let rig: Rig;
let boss: Api;
let role: number;
let all: string[];
let page: Page;
/** Who walks, two others, and one of everything that has a page of its own. */
let of: Record<"holder" | "colleague" | "requester" | "group" | "webhook" | "ticket" | "solved", number>;

beforeAll(async () => {
  rig = await startRig();
  boss = await rig.api();
  const first = async (path: string) => (await boss.get(path)).body.items[0];
  all = (await boss.get("/permissions")).body.items.map((p: { name: string }) => p.name);
  role = (await boss.post("/roles", { name: "Nearly everything", permissions: all })).body.id;
  const inbox = (await first("/inboxes")).id;
  const file = async (subject: string) => (await boss.post("/tickets", { inbox_id: inbox, subject, text: "Hello", requester_address: "mei@customer.example", requester_name: "Mei Tanaka" })).body.number;
  of = {
    holder: (await first(`/people?q=${noShare}`)).id,
    colleague: (await first("/people?q=hr.agent@acme.example")).id,
    requester: (await first("/people?kind=requester&limit=1")).id,
    group: (await first("/groups?limit=1")).id,
    webhook: (await boss.post("/webhooks", { name: "Robot", url: "https://robot.acme.example/hook", events: ["ticket.created"] })).body.id ?? 0,
    ticket: await file("A walk through the rights"),
    solved: await file("Solved already"),
  };
  assert.ok(Object.values(of).every((id) => id > 0), JSON.stringify(of));
  await boss.patch(`/tickets/${of.solved}`, { status: "solved" });
  // Somebody who may do less than whoever walks, whatever that one lacks.
  const reader = (await boss.post("/roles", { name: "Reader", permissions: [] })).body.id;
  assert.equal((await boss.patch(`/people/${of.colleague}`, { roles: [reader] })).status, 200);
  await boss.post(`/tickets/${of.ticket}/shares`, { targets: [{ kind: "group", id: of.group }], notify: false });
  const whole = { roles: [role], scope: "global", all_brands: true, all_inboxes: true };
  const answer = await boss.patch(`/people/${of.holder}`, whole);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
});
afterAll(() => rig.close());

let refused: string[];
beforeEach(async () => {
  refused = [];
  page = await rig.page({ as: noShare });
  page.on("response", (answer) => answer.status() === 403 && refused.push(`${answer.request().method()} ${answer.url()} at ${page.url()}`));
});

/** Whether a permission is about what may be done to tickets, so that it is tried out and the forms of the administration are not. */
const ofTickets = (right: string) => /^(tickets|notes)\./.test(right);

/** `make prove` walks through everything without each permission; `make test` spares the half of the workspace that a permission is not about. */
const whole = Boolean(process.env.DESKMESH_E2E_DATABASES);

/** go changes the address inside the page, as a link does. */
async function go(path: string) {
  await page.evaluate((to) => {
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
  await page.waitForURL((url) => url.pathname + url.search === path);
  await settled(page);
}

const named = (role: "button" | "link" | "combobox" | "option" | "menuitem" | "checkbox", name: string | RegExp) => () => page.getByRole(role, { name, ...(typeof name === "string" ? { exact: true } : {}) });
const within = (place: Locator, role: "link", name: string) => place.getByRole(role, { name, exact: true });

type Control = [what: string, needs: string[], find: () => Locator];

/** Fails where one of the controls is there without all of its permissions, or is missing with them. */
async function shown(lacking: string, controls: Control[]) {
  for (const [what, needs, find] of controls) {
    const due = !needs.includes(lacking);
    const there = (await find().filter({ visible: true }).count()) > 0;
    assert.equal(there, due, `${what} at ${page.url()} without ${lacking || "nothing"}`);
  }
}

/** Opens what a button opens, looks into it, and closes it again. */
async function inside(button: Locator, look: () => Promise<void> = async () => {}) {
  await button.click();
  await page.locator("[role=dialog], [role=menu], [role=listbox]").first().waitFor();
  await settled(page);
  await look();
  await page.keyboard.press("Escape");
  await page.locator("[role=dialog], [role=menu], [role=listbox]").first().waitFor({ state: "detached" });
}

async function walkTickets(lacking: string) {
  const has = (right: string) => right !== lacking;
  await go("/tickets?view=all");
  await page.locator(".row").first().waitFor();
  await inside(named("button", "More about this list")(), () => shown(lacking, [["Export", ["tickets.export"], named("menuitem", "Export as CSV")]]));
  await named("button", "More about this list")().click();
  await inside(named("menuitem", "Arrange views")(), () => shown(lacking, [["taking a view out of use", ["views.manage"], () => page.getByRole("switch", { name: /is in use/ })]]));
  await named("button", "More about this list")().click();
  await inside(named("menuitem", "Save as view")(), async () => {
    assert.equal(await page.locator("[role=dialog] option[value=everyone]").count(), has("views.manage") ? 1 : 0, `views for everyone without ${lacking}`);
  });
  await page.locator(".row").first().locator(".row-pick").click();
  await page.getByText("1 selected").waitFor();
  await shown(lacking, [
    ["Share", ["tickets.share"], () => page.locator(".bulk-bar").getByRole("button", { name: "Share", exact: true })],
    ["Unshare", ["tickets.share"], named("button", "Unshare")],
    ["Assign", ["tickets.assign"], named("button", "Assign")],
    ["Set status", ["tickets.edit"], named("button", "Set status")],
    ["Set priority", ["tickets.edit"], named("button", "Set priority")],
    ["Change tags", ["tickets.edit"], named("button", "Change tags")],
    ["Run a macro", [], named("button", "Run a macro")],
  ]);
  await inside(named("button", "More")(), () =>
    shown(lacking, [
      ["Change fields", ["tickets.edit"], named("menuitem", "Change fields")],
      ["spam for many", ["tickets.spam"], named("menuitem", "Mark as spam")],
      ["delete many", ["tickets.delete"], named("menuitem", "Delete")],
    ]),
  );
  if (has("tickets.share")) for (const name of ["Share", "Unshare"]) await inside(page.locator(".bulk-bar").getByRole("button", { name, exact: true }));
  if (has("tickets.assign")) await inside(named("button", "Assign")());
  await page.keyboard.press("Escape");
}

async function walkTicket(lacking: string) {
  const has = (...rights: string[]) => !rights.includes(lacking);
  await go(`/tickets/${of.ticket}`);
  await page.locator(".msg").first().waitFor();
  const kind = (name: string) => () => page.locator(".composer .tabs").getByRole("button", { name, exact: true });
  await shown(lacking, [
    ["Reply", ["tickets.reply"], kind("Reply")],
    ["Note", ["tickets.note", "notes.read"], kind("Note")],
    ["Status", ["tickets.edit"], named("combobox", "Status")],
    ["Solve", ["tickets.edit"], named("button", "Solve")],
    ["Priority", ["tickets.edit"], named("combobox", "Priority")],
    ["Type", ["tickets.edit"], named("combobox", "Type")],
    ["Inbox", ["tickets.edit", "tickets.forward"], named("combobox", "Inbox")],
    ["the requester's page", ["people.manage"], () => within(page.getByRole("complementary", { name: "Details" }), "link", "Mei Tanaka")],
    ["Share", [], () => page.getByRole("button", { name: /^Shared? ?\d*$/ })],
  ]);
  await inside(named("button", "More actions")(), () =>
    shown(lacking, [
      ["Assign to me", ["tickets.assign"], () => page.getByRole("menuitem", { name: /^Assign to me/ })],
      ["Merge", ["tickets.merge", "tickets.edit"], named("menuitem", "Merge into another ticket")],
      ["Spam", ["tickets.spam"], named("menuitem", "Mark as spam")],
      ["Delete", ["tickets.delete"], named("menuitem", "Delete")],
    ]),
  );
  await inside(page.getByRole("button", { name: /^Shared? ?\d*$/ }));
  if (has("tickets.merge", "tickets.edit")) {
    await named("button", "More actions")().click();
    await inside(named("menuitem", "Merge into another ticket")());
  }
  await named("button", "More actions")().click();
  await inside(named("menuitem", "History")());

  // What is offered is done, too.
  const tried = !lacking || ofTickets(lacking);
  if (tried && has("tickets.edit")) for (const value of ["low", "normal"]) await page.getByRole("combobox", { name: "Priority" }).selectOption(value);
  for (const name of ["Reply", "Note"].filter((k) => tried && (k === "Reply" ? has("tickets.reply") : has("tickets.note", "notes.read")))) {
    await kind(name)().click();
    const text = `${name} of a person without ${lacking || "nothing"}`;
    const field = page.locator(".composer-edit[contenteditable]");
    await field.fill(text);
    await field.press("Control+Enter");
    await page.locator(".msg", { hasText: text }).first().waitFor();
  }
  await settled(page);
  await go(`/tickets/${of.solved}`);
  await page.locator(".msg").first().waitFor();
  await shown(lacking, [["Reopen", ["tickets.edit"], named("button", "Reopen")]]);

  await go("/tickets/new");
  const open = has("tickets.create");
  await shown(lacking, [
    ["the form", ["tickets.create"], named("button", "Create ticket")],
    ...(open
      ? ([
          ["a note", ["tickets.note", "notes.read"], () => page.locator(".composer .tabs").getByRole("button", { name: "Note", exact: true })],
          ["Priority", ["tickets.edit"], () => page.getByLabel("Priority")],
          ["Assignee", ["tickets.assign"], () => page.getByText("Assignee", { exact: true })],
          ["Share with", ["tickets.share"], () => page.getByText("Share with", { exact: true })],
        ] satisfies Control[])
      : []),
  ]);
  if (open && tried) {
    const subject = `Filed without ${lacking}`;
    await page.getByLabel("Subject").fill(subject);
    await page.getByRole("combobox", { name: /Requester/ }).or(page.getByRole("button", { name: /Requester/ })).first().click();
    await page.getByPlaceholder("Search").fill("mei@customer");
    await page.getByRole("option", { name: /Mei Tanaka/ }).first().click();
    await page.locator(".composer-edit[contenteditable]").fill("Filed on the way");
    await named("button", "Create ticket")().click();
    await page.getByRole("heading", { level: 1, name: subject }).waitFor();
    await settled(page);
  }
}

/** The pages of the administration, and what each needs. */
const pages = (): [string, string][] => [
  ["/admin/settings", "settings.manage"],
  ["/admin/brands", "inboxes.manage"],
  ["/admin/inboxes", "inboxes.manage"],
  ["/admin/fields", "fields.manage"],
  ["/admin/statuses", "fields.manage"],
  ["/admin/hours", "settings.manage"],
  ["/admin/sla", "settings.manage"],
  ["/admin/snippets", "tickets.reply"],
  ["/admin/macros", "tickets.reply"],
  ["/admin/people", "people.manage"],
  ["/admin/people/import", "people.manage"],
  [`/admin/people/${of.requester}`, "people.manage"],
  [`/admin/people/${of.holder}`, "people.manage"],
  ["/admin/roles", "roles.manage"],
  [`/admin/roles/${role}`, "roles.manage"],
  ["/admin/groups", "groups.manage"],
  [`/admin/groups/${of.group}`, "groups.manage"],
  ["/admin/departments", "people.manage"],
  ["/admin/companies", "people.manage"],
  ["/admin/sign-in", "security.manage"],
  ["/admin/shares", "shares.manage"],
  ["/admin/share-templates", "shares.manage"],
  ["/admin/share-policy", "settings.manage"],
  ["/admin/partners", "partners.manage"],
  ["/admin/partners/1", "partners.manage"],
  ["/admin/outgoing", "inboxes.manage"],
  ["/admin/rules/create", "rules.manage"],
  ["/admin/rules/update", "rules.manage"],
  ["/admin/rules/time", "rules.manage"],
  ["/admin/rules/assign", "rules.manage"],
  ["/admin/tokens", "tokens.manage"],
  ["/admin/webhooks", "webhooks.manage"],
  [`/admin/webhooks/${of.webhook}`, "webhooks.manage"],
  ["/admin/notices", "settings.manage"],
  ["/admin/mail-templates", "settings.manage"],
  ["/admin/jobs", "jobs.manage"],
  ["/admin/held-mails", "inboxes.manage"],
  ["/admin/audit", "audit.read"],
];

async function walkAdministration(lacking: string) {
  const has = (right: string) => right !== lacking;
  await go("/admin/people");
  const menu = page.getByRole("navigation", { name: "Administration" });
  for (const [path, right] of pages().filter(([p]) => p.split("/").length === 3)) {
    assert.equal(await menu.locator(`a[href="${path}"]`).count(), has(right) ? 1 : 0, `the menu offers ${path} without ${lacking}`);
  }
  // `make test` opens the pages that the permission is about, and those of people and groups, which have controls of many.
  for (const [path, right] of pages().filter(([p, r]) => whole || !lacking || r === lacking || /people|groups/.test(p))) {
    await go(path);
    const closed = (await page.getByText("This page is not part of your role").count()) > 0;
    assert.equal(closed, !has(right), `${path} without ${lacking}`);
    if (closed) {
      assert.equal(await page.locator("main :is(button, input, select, textarea)").count(), 0, `controls on ${path} without ${lacking}`);
      continue;
    }
    if (ofTickets(lacking)) continue;
    const add = page.locator("main").getByRole("button", { name: /^(New|Add (?!rule))/ }).and(page.locator(":enabled")).first();
    if ((await add.count()) > 0 && !path.endsWith(`/${of.group}`)) await inside(add);
  }
  if (has("roles.manage")) {
    await go(`/admin/roles/${role}`);
    const locked = await page.locator("main input[type=checkbox][value]").evaluateAll((boxes: HTMLInputElement[]) => boxes.filter((b) => b.disabled).map((b) => b.value));
    assert.deepEqual(locked, lacking ? [lacking] : [], "the boxes that cannot be ticked");
  }
  if (has("people.manage")) {
    await go(`/admin/people/${of.requester}`);
    await shown(lacking, [["Erase", ["people.erase"], named("button", "Erase")]]);
    await go(`/admin/people/${of.colleague}`);
    const box = (group: string, name: RegExp) => page.getByRole("group", { name: group }).getByRole("checkbox", { name }).first();
    assert.equal(await box("Groups", /./).isDisabled(), !has("groups.manage"), `groups of a person without ${lacking}`);
    assert.equal(await box("Roles", /^Reader$/).isDisabled(), !has("roles.manage"), `roles of a person without ${lacking}`);
    // Somebody stronger can be looked at only.
    if (lacking) {
      await go("/admin/people/1");
      await page.getByText("you can look but not change").waitFor();
      assert.equal(await page.locator("main input:enabled").count(), 0);
      assert.equal(await page.getByRole("button", { name: /Deactivate|Erase|link/ }).count(), 0);
    }
  }
  if (has("tickets.reply")) {
    await go("/admin/snippets");
    await inside(page.getByRole("button", { name: "New snippet" }).first(), () => shown(lacking, [["snippets for others", ["snippets.manage"], () => page.getByRole("dialog").locator("select")]]));
    await go("/admin/macros");
    await inside(page.getByRole("button", { name: "New macro" }).first(), () => shown(lacking, [["macros for others", ["macros.manage"], () => page.getByRole("dialog").getByLabel("Who has it")]]));
  }
}

// The permissions are known to the server; the list here makes a test of each, and the first test compares.
const permissions = [
  "tickets.create", "tickets.reply", "tickets.note", "notes.read", "tickets.edit", "tickets.assign", "tickets.forward", "tickets.share", "tickets.merge",
  "tickets.delete", "tickets.spam", "tickets.export", "shares.manage", "people.manage", "roles.manage", "groups.manage", "inboxes.manage", "fields.manage",
  "views.manage", "snippets.manage", "macros.manage", "settings.manage", "tokens.manage", "jobs.manage", "audit.read", "webhooks.manage", "partners.manage", "people.erase", "security.manage", "rules.manage",
];

test("every permission has its walk", () => assert.deepEqual([...permissions].sort(), [...all].sort()));

test.each(["", ...permissions])("no control offers what the API would refuse, and none is missing, without %s", async (lacking) => {
  assert.equal((await boss.patch(`/roles/${role}`, { permissions: all.filter((p) => p !== lacking) })).status, 200);
  await page.goto("/");
  await settled(page);
  const main = page.getByRole("navigation", { name: "Main" });
  await shown(lacking, [
    ["New ticket", ["tickets.create"], () => within(main, "link", "New ticket")],
    ["Access requests", ["tickets.share"], () => main.getByRole("link", { name: /^Access requests/ })],
    ["Administration", [], () => within(main, "link", "Administration")],
  ]);
  for (const path of [...(lacking === "tickets.share" ? [] : ["/requests"]), "/notifications", "/me"]) await go(path);
  if (whole || !lacking || ofTickets(lacking) || lacking === "views.manage") await walkTickets(lacking);
  if (whole || !lacking || ofTickets(lacking) || ["people.manage", "shares.manage"].includes(lacking)) await walkTicket(lacking);
  if (whole || !ofTickets(lacking) || lacking === "tickets.reply") await walkAdministration(lacking);
  assert.deepEqual(refused, [], `refused without ${lacking}`);
});
