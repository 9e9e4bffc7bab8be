import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Api, type Rig, hr, noShare, once, owner, settled, startRig, until } from "./rig.ts";

// Rules as their author meets them: the lists, the two steps of the editor, trying, the log, and what a rule then does.

let rig: Rig;
let api: Api;
let inbox: number;
let hrGroup: number;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
  inbox = (await api.get("/inboxes")).body.items[0].id;
  hrGroup = (await api.get("/groups?q=HR")).body.items[0].id;
});
afterAll(() => rig.close());

const file = async (subject: string) => (await api.post("/tickets", { inbox_id: inbox, subject, text: "Hello", requester_address: "mei@customer.example", requester_name: "Mei Tanaka" })).body.number as number;
const sharedWith = async (number: number) => ((await api.get(`/tickets/${number}/shares`)).body.items as { target: { name: string } }[]).map((s) => s.target.name).sort();
const main = (page: Page) => page.getByRole("main");
const next = (page: Page) => main(page).getByRole("button", { name: "Next", exact: true });
const sentence = (page: Page) => page.getByRole("status", { name: "The rule in words" });
const line = (page: Page, name: string) => page.locator(".rule-line", { hasText: name });

/** clear takes away every rule, so that a test begins with none. */
async function clear() {
  for (const kind of ["create", "update", "time", "assign"]) {
    for (const rule of (await api.get(`/rules?kind=${kind}`)).body.items) assert.ok((await api.delete(`/rules/${rule.id}`)).status < 300);
  }
}

/** make makes a rule by the API. */
async function make(kind: string, name: string, more: object = {}): Promise<{ id: number; version: number; name: string }> {
  const made = await api.post("/rules", { kind, name, enabled: true, condition: { all: [] }, actions: [{ do: "add_tags", tags: ["seen"] }], ...more });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}

/** isUrgent adds the condition that the priority is urgent. */
async function isUrgent(page: Page) {
  await page.getByRole("button", { name: "Add condition" }).first().click();
  await page.getByLabel("Field", { exact: true }).last().selectOption("priority");
  await page.getByLabel("Value of Priority").selectOption("urgent");
}

/** shareWith adds the action that shares, and picks somebody by the keyboard. */
async function shareWith(page: Page, text: string, name: RegExp) {
  await page.getByRole("button", { name: "Add an action" }).click();
  await page.getByRole("menuitem", { name: /^Share/ }).click();
  const picker = page.locator(".action-row").last().locator("input[role=combobox]").first();
  await picker.fill(text);
  await page.getByRole("option", { name }).first().waitFor();
  await picker.press("Enter");
  await page.locator(".action-row").last().locator(".chip").first().waitFor();
}

test("S3-14 S3-16 S3-17 S3-19 S3-20 S3-21 S3-22 a create rule is made in two steps and shares a new ticket", async () => {
  await clear();
  const name = once("Urgent goes to HR");
  const page = await rig.page();
  await page.goto("/admin/settings");
  const menu = page.getByRole("navigation", { name: "Administration" });
  await menu.getByRole("heading", { name: "Ticket Automation" }).waitFor();
  await menu.getByRole("link", { name: "Create rules" }).click();
  await main(page).getByText("No rules yet").waitFor();
  await main(page).getByRole("button", { name: "Add rule" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Description", { exact: true }).fill("So that HR hears of it at once.");
  await isUrgent(page);
  await sentence(page).getByText("Urgent").waitFor();
  await next(page).click();
  const add = main(page).getByRole("button", { name: "Add", exact: true });
  await add.waitFor();
  assert.equal(await add.getAttribute("aria-disabled"), "true", "nothing can be added without an action");
  await shareWith(page, "HR", /^HR/);
  assert.equal(await sentence(page).textContent(), "When a ticket is created, and Priority is Urgent: share with HR.");
  await rig.looks(page, "the second step");
  await add.click();
  await line(page, name).waitFor();
  assert.equal(new URL(page.url()).pathname, "/admin/rules/create");

  const number = await file("A new ticket that waits");
  assert.deepEqual(await sharedWith(number), [], "its conditions do not hold");
  const urgent = (await api.post("/tickets", { inbox_id: inbox, subject: "A new ticket that burns", text: "Hello", priority: "urgent", requester_address: "mei@customer.example" })).body.number;
  assert.deepEqual(await sharedWith(urgent), ["HR"]);
  await clear();
});

test("S3-15 S3-23 an update rule waits for an event and acts on it", async () => {
  await clear();
  const name = once("Solved goes to HR");
  const page = await rig.page();
  await page.goto("/admin/rules/update");
  await main(page).getByRole("button", { name: "Add rule" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  const hours = page.getByLabel("Business hours");
  // Only what the desk can keep to is offered.
  if ((await api.get("/rule-choices")).body.hours.includes("during")) {
    await hours.selectOption("during");
    await sentence(page).getByText("during business hours").waitFor();
    await hours.selectOption("any");
  } else assert.equal(await hours.count(), 0);
  await page.getByLabel("Agent", { exact: true }).check();
  await page.getByRole("button", { name: "Add event" }).click();
  await page.getByLabel("Event", { exact: true }).selectOption("status");
  await page.getByLabel("to", { exact: true }).selectOption("solved");
  await rig.looks(page, "the first step of an update rule");
  await next(page).click();
  await shareWith(page, "HR", /^HR/);
  assert.equal(await sentence(page).textContent(), "When an agent changes a ticket, and Status changes to Solved: share with HR.");
  await main(page).getByRole("button", { name: "Add", exact: true }).click();
  await line(page, name).waitFor();

  const number = await file("Will be solved");
  assert.equal((await api.patch(`/tickets/${number}`, { priority: "high" })).status, 200);
  assert.deepEqual(await sharedWith(number), [], "another change is not waited for");
  assert.equal((await api.patch(`/tickets/${number}`, { status: "solved" })).status, 200);
  assert.deepEqual(await sharedWith(number), ["HR"]);

  // The log tells of it.
  await line(page, name).getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Log", exact: true }).click();
  await page.getByRole("table", { name: "Log" }).getByRole("link", { name: new RegExp(`#${number} `) }).waitFor();
  await settled(page);
  await rig.looks(page, "the log of a rule");
  await clear();
});

test("a rule is tried before it acts: the tickets that match, and why another does not", async () => {
  await clear();
  const fits = await file("It burns");
  const not = await file("It waits");
  assert.equal((await api.patch(`/tickets/${fits}`, { priority: "urgent" })).status, 200);
  const rule = await make("update", once("Tried"), { condition: { all: [{ field: "priority", op: "is", value: "urgent" }] }, actions: [{ do: "share", targets: [{ kind: "group", id: hrGroup }] }], enabled: false });
  const page = await rig.page();
  await page.goto(`/admin/rules/update/${rule.id}`);
  await page.getByRole("button", { name: "Last 100 tickets" }).click();
  await page.locator(".rule-tried-one", { hasText: `#${fits}` }).waitFor();
  assert.equal(await page.locator(".rule-tried-one", { hasText: `#${not}` }).count(), 0);
  await page.getByLabel("Ticket number").fill(String(not));
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByText("The rule would not act on this ticket.").waitFor();
  await page.locator(".rule-why", { hasText: "Priority is Urgent" }).getByText("Does not hold").waitFor({ state: "attached" });
  await settled(page);
  await rig.looks(page, "a rule was tried");
  assert.deepEqual(await sharedWith(fits), [], "nothing happens by trying");

  // What was tried is what then happens.
  assert.equal((await api.patch(`/rules/${rule.id}`, { enabled: true, version: rule.version })).status, 200);
  assert.equal((await api.patch(`/tickets/${fits}`, { subject: "It still burns" })).status, 200);
  assert.equal((await api.patch(`/tickets/${not}`, { subject: "It still waits" })).status, 200);
  assert.deepEqual(await sharedWith(fits), ["HR"]);
  assert.deepEqual(await sharedWith(not), []);
  await clear();
});

test("S3-18 a rule is tied to business hours by a calendar, and need not be", async () => {
  await clear();
  const name = once("After hours");
  const office = once("Night office");
  assert.equal((await api.post("/calendars", { name: office, time_zone: "UTC", around_the_clock: true })).status, 201);
  const page = await rig.page();
  await page.goto("/admin/rules/create/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  const hours = page.getByLabel("Business hours");
  assert.equal(await hours.inputValue(), "any");
  assert.equal(await page.getByLabel("Calendar", { exact: true }).count(), 0, "no calendar is asked for where none counts");
  await hours.selectOption("during");
  await page.getByLabel("Calendar", { exact: true }).selectOption({ label: office });
  await sentence(page).getByText(`during business hours (${office})`).waitFor();
  await next(page).click();
  // A share template is one choice, and what it shares is said.
  await page.getByRole("button", { name: "Add an action" }).click();
  await page.getByRole("menuitem", { name: /^Share/ }).click();
  await page.getByLabel("How it is shared").selectOption({ label: "By the template “Involve HR”" });
  await page.getByText("A personnel matter").waitFor();
  assert.equal(await sentence(page).textContent(), `When a ticket is created, during business hours (${office}): share by the template Involve HR.`);
  await settled(page);
  await rig.looks(page, "an action that shares by a template");
  await main(page).getByRole("button", { name: "Add", exact: true }).click();
  // Whoever is warned should read it: this rule has no condition.
  await page.getByText("It shares every ticket: it has no condition.").waitFor();
  const number = await file("Filed during hours");
  assert.deepEqual(await sharedWith(number), ["HR"]);

  const made = (await api.get("/rules?kind=create")).body.items.find((r: { name: string }) => r.name === name);
  assert.equal(made.hours, "during");
  await hours.selectOption("outside");
  await main(page).getByRole("button", { name: "Save", exact: true }).click();
  await until("it waits for other hours", async () => (await api.get(`/rules/${made.id}`)).body.hours === "outside");
  assert.deepEqual(await sharedWith(await file("Filed during hours too")), []);
  await clear();
});

test("a rule that the server could not take is still there, on either step", async () => {
  await clear();
  const name = once("Survives");
  const page = await rig.page();
  let fails = true;
  await page.route("**/api/v1/rules", (route) =>
    fails && route.request().method() === "POST" ? route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify({ title: "Internal Server Error", status: 500, code: "internal" }) }) : route.continue(),
  );
  await page.goto("/admin/rules/create/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await isUrgent(page);
  await next(page).click();
  await shareWith(page, "HR", /^HR/);
  const add = main(page).getByRole("button", { name: "Add", exact: true });
  await add.click();
  await page.getByRole("alert").first().waitFor();
  await rig.looks(page, "the server could not take it");
  assert.match((await sentence(page).textContent()) ?? "", /Priority is Urgent: share with HR\.$/);
  await main(page).getByRole("button", { name: "Back", exact: true }).click();
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), name);
  await next(page).click();
  fails = false;
  await add.click();
  await line(page, name).waitFor();
  await clear();
});

test("the order by dragging, and by the keyboard with the focus kept", async () => {
  await clear();
  const made = [await make("create", once("One")), await make("create", once("Two")), await make("create", once("Three"))];
  const [one, two, three] = made.map((r) => r.name) as [string, string, string];
  const page = await rig.page();
  await page.goto("/admin/rules/create");
  await line(page, three).waitFor();
  const names = () => page.locator(".rule-name > a").allTextContents();
  const kept = (...wanted: string[]) => until(`the server has ${wanted.join(", ")}`, async () => (await api.get("/rules?kind=create")).body.items.map((r: { name: string }) => r.name).join() === wanted.join());
  await line(page, three).locator(".rule-grip").dragTo(line(page, one));
  await until("the third is first", async () => (await names()).join() === [three, one, two].join());
  await kept(three, one, two);

  const down = (name: string) => page.getByRole("button", { name: `Move “${name}” down` });
  await down(three).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText(`“${three}” is now number 2 of 3`).waitFor({ state: "attached" });
  await until("the focus went with it", () => down(three).evaluate((b) => b === document.activeElement));
  await page.keyboard.press("Enter");
  await until("at the end the other button has it", () => page.getByRole("button", { name: `Move “${three}” up` }).evaluate((b) => b === document.activeElement));
  assert.deepEqual(await names(), [one, two, three]);
  await kept(one, two, three);
  await clear();
});

test("the list: on and off, the order by buttons, a copy, and deleting after a question", async () => {
  await clear();
  const [first, second] = [await make("create", once("First")), await make("create", once("Second"))];
  const page = await rig.page();
  await page.goto("/admin/rules/create");
  await line(page, first.name).waitFor();
  const names = () => page.locator(".rule-name > a").allTextContents();
  assert.deepEqual(await names(), [first.name, second.name]);
  await page.getByRole("button", { name: `Move “${second.name}” up` }).press("Enter");
  await until("the order is another one", async () => (await names())[0] === second.name);
  await until("the server has it", async () => (await api.get("/rules?kind=create")).body.items[0].id === second.id);
  await line(page, first.name).getByRole("switch").click();
  await until("it is off", async () => (await api.get(`/rules/${first.id}`)).body.enabled === false);
  await line(page, first.name).getByRole("button", { name: `Actions for ${first.name}` }).click();
  await page.getByRole("menuitem", { name: "Copy" }).click();
  await until("there is a copy", async () => (await page.locator(".rule-line").count()) === 3);
  await settled(page);
  await rig.looks(page, "the list of rules");
  await line(page, second.name).getByRole("button", { name: `Actions for ${second.name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: `Delete the rule “${second.name}”?` }).getByRole("button", { name: "Delete" }).click();
  await until("it is gone", async () => (await line(page, second.name).count()) === 0);
  await clear();
});

test("nothing that was typed is lost: by a refusal, by a reload, or by leaving; and an earlier version comes back", async () => {
  await clear();
  const rule = await make("update", once("Kept"));
  const page = await rig.page();
  await page.goto(`/admin/rules/update/${rule.id}`);
  const name = page.getByLabel("Name", { exact: true });
  await name.fill("Another name");
  await page.getByText("Unsaved changes").waitFor();
  page.on("dialog", (d) => void d.accept());
  await page.reload();
  await until("what was typed is still there", async () => (await name.inputValue()) === "Another name");
  await page.getByRole("link", { name: "Update rules" }).first().click();
  const ask = page.getByRole("dialog");
  await ask.waitFor();
  await ask.getByRole("button", { name: "Cancel" }).click();

  // Somebody else saves in the meantime.
  assert.equal((await api.patch(`/rules/${rule.id}`, { description: "From elsewhere", version: rule.version })).status, 200);
  await main(page).getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Save mine" }).click();
  await page.getByRole("heading", { name: "Another name" }).waitFor();
  const now = (await api.get(`/rules/${rule.id}`)).body;
  assert.deepEqual([now.name, now.description], ["Another name", "From elsewhere"]);

  await page.getByRole("button", { name: "Versions", exact: true }).click();
  await page.getByRole("button", { name: "Restore version 1", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
  await page.getByRole("heading", { name: rule.name }).waitFor();
  await settled(page);
  await rig.looks(page, "the versions of a rule");
  await clear();
});

test("S4-16 S4-17 a rule is made on a phone, and shares while nobody is at their desk", async () => {
  await clear();
  const name = once("By thumb");
  const page = await rig.page({ width: 390, height: 844 });
  await page.goto("/admin/rules/create/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await isUrgent(page);
  await settled(page);
  await rig.looks(page, "the first step on a phone");
  await next(page).click();
  await shareWith(page, "HR", /^HR/);
  await settled(page);
  await rig.looks(page, "the second step on a phone");
  assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), "only the form is scrolled, not the window around it");
  await main(page).getByRole("button", { name: "Add", exact: true }).click();
  await line(page, name).waitFor();
  await settled(page);
  await rig.looks(page, "the list on a phone");
  const urgent = (await api.post("/tickets", { inbox_id: inbox, subject: "Nobody is here", text: "Hello", priority: "urgent", requester_address: "mei@customer.example" })).body.number;
  assert.deepEqual(await sharedWith(urgent), ["HR"]);
  await clear();
});

test("a loop is warned of, and does not go round", async () => {
  await clear();
  const one = await make("update", once("There"), { actions: [{ do: "set", field: "priority", value: "high" }], events: [{ event: "priority" }] });
  const two = await make("update", once("And back"), { actions: [{ do: "set", field: "priority", value: "low" }], events: [{ event: "priority" }] });
  const warned = [one, two].map(async (r) => (await api.get(`/rules/${r.id}`)).body.warnings.length as number);
  assert.ok((await Promise.all(warned)).some((n) => n > 0), "one of them has a warning");
  const page = await rig.page();
  await page.goto("/admin/rules/update");
  await page.locator(".rule-line").getByText(/1 warning/).first().waitFor();
  const number = await file("Round and round");
  assert.equal((await api.patch(`/tickets/${number}`, { priority: "urgent" })).status, 200);
  assert.ok(["high", "low"].includes((await api.get(`/tickets/${number}`)).body.priority));
  await clear();
});

test("a time rule is made, says when it is asked, and has a log", async () => {
  await clear();
  const page = await rig.page();
  await page.goto("/admin/rules");
  await page.waitForURL("**/admin/rules/create"); // an address without a kind
  await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: "Time rules" }).click();
  await main(page).getByText("They look at tickets every quarter of an hour").waitFor();
  await main(page).getByRole("button", { name: "Add rule" }).first().click();
  const name = once("HR hears of what waits");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await isUrgent(page);
  await next(page).click();
  await shareWith(page, "HR", /^HR/);
  assert.equal(await sentence(page).textContent(), "Every quarter of an hour, for each ticket, and Priority is Urgent: share with HR.");
  await main(page).getByRole("button", { name: "Add", exact: true }).click();
  await line(page, name).waitFor();
  assert.equal(new URL(page.url()).pathname, "/admin/rules/time");
  await line(page, name).getByRole("link", { name }).click();
  await main(page).getByRole("button", { name: "Log", exact: true }).click();
  await main(page).getByText("Each time the rule is asked about a ticket, a line appears here.").waitFor();
  await clear();
});

test("whoever may not manage rules is not offered them", async () => {
  for (const as of [hr, noShare]) {
    const page = await rig.page({ as });
    await page.goto("/admin/rules/create");
    await page.getByText("This page is not part of your role").waitFor();
    assert.equal(await page.getByRole("button", { name: "Add rule" }).count(), 0);
  }
});
