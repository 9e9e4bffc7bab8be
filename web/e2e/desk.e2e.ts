import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, accounts, once, owner, password, startRig, until } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const highlighted = (page: Page) => page.locator("[role=option][data-highlighted]");

async function open(path: string, options: Parameters<Rig["page"]>[0] = {}) {
  const page = await rig.page(options);
  await page.goto(path);
  await page.locator("h1").first().waitFor();
  return page;
}

test("the palette finds tickets, people, pages and actions, by keyboard alone", async () => {
  const page = await open("/");
  await page.keyboard.press("Control+k");
  const input = page.getByRole("combobox", { name: "Search or jump to" });
  await input.waitFor();
  await page.getByRole("option", { name: /New ticket/ }).waitFor();
  await rig.axe(page, "palette, nothing typed");

  await page.keyboard.type("print");
  await page.getByRole("option", { name: /Printer labels/ }).waitFor();
  assert.match(await page.locator("[role=option] mark").first().innerText(), /print/i);
  assert.match(await highlighted(page).innerText(), /Search all tickets for/);
  await rig.axe(page, "palette, results");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tickets\/33/);

  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: /#33/ }).waitFor(); // lately opened
  await page.keyboard.type("#17");
  await highlighted(page).getByText("17").first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tickets\/17/);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("audit");
  await page.getByRole("option", { name: "Audit log" }).waitFor();
  for (let i = 0; i < 12 && !/Audit log/.test(await highlighted(page).innerText()); i++) {
    await page.keyboard.press("ArrowDown"); // past the tickets that the word is in
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/admin\/audit/);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("invoice");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tickets.*q=invoice/);
});

test("the palette offers an agent no page of the administration that is not theirs, and forgets a ticket that was lost", async () => {
  const page = await rig.page({ as: accounts });
  await page.addInitScript(() => localStorage.getItem("deskmesh.recent") ?? localStorage.setItem("deskmesh.recent", "[999999]"));
  await page.goto("/");
  await page.locator("h1").first().waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.type("jobs");
  await page.getByRole("option", { name: /Search all tickets/ }).waitFor();
  assert.equal(await page.getByRole("option", { name: "Jobs", exact: true }).count(), 0);
  await page.waitForFunction(() => localStorage.getItem("deskmesh.recent") === "[]");
});

test("the sheet shows every key, and single keys can be switched off", async () => {
  for (const { width, dark } of [{ width: 1440, dark: false }, { width: 390, dark: true }]) {
    await (await rig.api()).patch("/me", { preferences: { shortcuts: true } });
    const page = await open("/", { width, dark });
    await page.keyboard.press("?");
    const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await sheet.getByText("In a ticket").waitFor();
    await rig.axe(page, `sheet of keys, ${width} px`);
    await rig.fits(page, `sheet of keys, ${width} px`);
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("n");
    await page.waitForURL(/\/notifications/);
    await page.keyboard.press("?");
    await sheet.getByRole("checkbox").click();
    await until("it is kept", async () => (await (await rig.api()).get("/me")).body.preferences.shortcuts === false);
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await page.keyboard.press("?");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    assert.equal(await sheet.count(), 0);
    assert.match(page.url(), /\/notifications/);
    await page.keyboard.press("Escape");
  }
  await (await rig.api()).patch("/me", { preferences: { shortcuts: true } });
});

test("notifications stand under their days, are read one by one or all, and lead to the ticket", async () => {
  const own = await rig.api(owner);
  const who = (await (await rig.api(accounts)).get("/me")).body.person.id;
  for (const number of [33, 34, 35]) {
    await rig.unshare(number, "Amara Okafor");
    const { status } = await own.post(`/tickets/${number}/shares`, { targets: [{ kind: "agent", id: who }], level: "view" });
    assert.ok(status < 300, `sharing ${number} answers ${status}`);
  }
  const mine = await rig.api(accounts);
  await until("the notifications come", async () => (await mine.get("/notifications?unread=true")).body.items.length >= 3);
  const page = await open("/notifications", { as: accounts });
  await page.getByRole("region", { name: "Today" }).waitFor();
  const unread = page.locator(".notice[data-unread]");
  const told = (await mine.get("/notifications?unread=true")).body.items.length;
  await page.waitForFunction((n) => document.querySelectorAll(".notice[data-unread]").length === n, told);
  await rig.axe(page, "notifications");
  await page.getByRole("button", { name: "Mark as read" }).first().click();
  await page.waitForFunction((n) => document.querySelectorAll(".notice[data-unread]").length === n, told - 1);
  await unread.getByRole("link").first().click();
  await page.waitForURL(/\/tickets\/\d+/);
  await page.goto("/notifications");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".notice[data-unread]").length === 0);
  await page.getByRole("button", { name: "Unread" }).click();
  await page.getByText("You have read everything").waitFor();
  assert.equal((await mine.get("/notifications?unread=true")).body.items.length, 0);
});

test("one's own page keeps name, colours, notices and password", async () => {
  const api = await rig.api(accounts);
  await api.put("/me/notices", { ...(await api.get("/me/notices")).body, assigned: true });
  await api.patch("/me", { preferences: { theme: "system" } });
  const name = (await api.get("/me")).body.person.name;
  const page = await open("/me", { as: accounts });
  try {
    await rig.axe(page, "own page");
    await page.getByLabel("Name").fill("Agnes Accounts");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").getByText("Saved").waitFor();
    await page.getByLabel("Colours").selectOption("dark");
    await page.waitForFunction(() => document.documentElement.dataset["theme"] === "dark");
    await rig.axe(page, "own page, dark");
    await page.getByRole("switch", { name: "A ticket is assigned to me: by mail" }).click();
    await until("the notice is off", async () => !(await api.get("/me/notices")).body.assigned);
    assert.equal((await api.get("/me")).body.person.name, "Agnes Accounts");
    await page.getByLabel("Present password").fill("not my password");
    await page.getByLabel("New password").fill("a longer password");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.locator(".error, .banner[role=alert]").first().waitFor();
    assert.equal(await page.getByLabel("New password").inputValue(), "a longer password");
    await page.getByLabel("Present password").fill(password);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Password changed").waitFor();
  } finally {
    await api.patch("/me", { name, preferences: { theme: "system" } });
    await page.request.post("/api/v1/me/password", { data: { old_password: "a longer password", password } });
  }
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { name: /sign in/i }).waitFor();
  assert.match(page.url(), /\/sign-in/);
});

test("a brand, an inbox and a field are made, and what is wrong stands at its field with the input kept", async () => {
  const page = await open("/admin/brands");
  const dialog = page.getByRole("dialog");
  const save = dialog.getByRole("button", { name: "Save" });
  const [brand, inbox, field] = [once("Acme Shop"), once("Shop"), once("Colour")];
  await page.getByRole("button", { name: "New brand" }).click();
  await dialog.getByLabel("Name").fill(brand);
  await page.keyboard.press("Enter");
  await page.getByRole("cell", { name: brand, exact: true }).waitFor();

  await page.goto("/admin/inboxes");
  await page.getByRole("button", { name: "New inbox" }).click();
  await dialog.getByLabel("Name").fill(inbox);
  await dialog.getByLabel("Mail address").fill("support@acme.example"); // taken
  await dialog.getByLabel("Brand").selectOption({ label: brand });
  await save.click();
  await dialog.locator("[role=alert], .error").first().waitFor();
  assert.equal(await dialog.getByLabel("Name").inputValue(), inbox);
  await rig.axe(page, "inbox form with a fault");
  await dialog.getByLabel("Mail address").fill(`${inbox.replace(" ", "-")}@acme.example`);
  await save.click();
  await page.getByRole("cell", { name: new RegExp(`^${inbox} Shop-`, "i") }).waitFor();

  await page.goto("/admin/fields");
  await page.getByRole("button", { name: "New field" }).click();
  await dialog.getByLabel("Name").fill(field);
  await dialog.getByLabel("Kind").selectOption("choice");
  await dialog.getByLabel("Choices").fill("red");
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Choices").fill("green");
  await page.keyboard.press("Enter");
  await save.click();
  const row = page.getByRole("row", { name: new RegExp(field) });
  await row.getByRole("cell", { name: /red, green/ }).waitFor();
  const place = () => row.evaluate((tr) => [...tr.parentElement!.children].indexOf(tr));
  const before = await place();
  await page.getByRole("button", { name: `Move ${field} up` }).click();
  await until("it stands one higher", async () => (await place()) === before - 1);
});

test("a token is shown once, works, and stops when it is ended", async () => {
  const page = await open("/admin/tokens");
  const name = once("Reports");
  await page.getByRole("button", { name: "New token" }).first().click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Make token" }).click();
  const secret = await page.locator(".copy-line code").innerText();
  await rig.axe(page, "token, shown once");
  const ask = () => fetch(`${rig.url}/api/v1/me`, { headers: { Authorization: `Bearer ${secret}` } }).then((a) => a.status);
  assert.equal(await ask(), 200);
  await page.getByRole("button", { name: "Done" }).click();
  await page.locator(".copy-line code").waitFor({ state: "detached" });
  assert.ok(!(await page.content()).includes(secret));
  await page.getByRole("button", { name: `End ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End", exact: true }).click();
  await page.getByText(name).first().waitFor({ state: "detached" });
  assert.equal(await ask(), 401);
});

test("a webhook is made with a condition, tested, paused and deleted, and its log tells what became of it", async () => {
  const page = await open("/admin/webhooks");
  const name = once("Robot");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "New webhook" }).first().click();
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Address").fill("http://127.0.0.1:9999/hook");
  await dialog.getByRole("button", { name: "Add condition" }).click();
  await dialog.getByLabel("Field", { exact: true }).selectOption("priority");
  await dialog.getByLabel("Value of Priority").selectOption("high");
  await dialog.getByRole("checkbox", { name: "Every event" }).uncheck();
  await dialog.getByRole("checkbox", { name: "Public link opened" }).check();
  const asked = dialog.getByRole("group", { name: "Requests for access" });
  await asked.getByText("Only with “Internal notes and changes”").waitFor();
  await asked.getByRole("checkbox", { name: "Access granted" }).check();
  await rig.looks(page, "webhook form with a condition");
  await dialog.getByRole("checkbox", { name: /^Internal notes and changes/ }).check();
  await asked.getByText("Only with “Internal notes and changes”").waitFor({ state: "detached" });
  await dialog.getByRole("button", { name: "Save" }).click();
  assert.match(await page.locator(".copy-line code").innerText(), /^whsec_/);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("Priority is High").waitFor();
  await page.getByText("Access granted, Public link opened").waitFor();
  await page.getByRole("button", { name: "Send a test" }).click();
  await dialog.getByText("The test did not arrive").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("cell", { name: "Failed", exact: true }).waitFor();
  await rig.axe(page, "webhook with its log");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.waitForURL("**/admin/webhooks");
  await page.getByText(name).first().waitFor({ state: "detached" });
});

test("a snippet is written as text with placeholders and kept as paragraphs", async () => {
  const page = await open("/admin/snippets", { as: accounts });
  const name = once("Greeting");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "New snippet" }).first().click();
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Text").fill("Dear ");
  await dialog.getByRole("button", { name: "requester.name" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: new RegExp(`^${name}`) }).waitFor();
  const found = (await (await rig.api(accounts)).get(`/snippets?q=${name.replace(" ", "%20")}`)).body.items[0];
  assert.equal(found.html, "<p>Dear {{requester.name}}</p>");
  assert.equal(found.scope, "private");
});

test("the log of the administration is narrowed and shows before and after", async () => {
  const api = await rig.api();
  const group = (await api.get("/groups")).body.items[0];
  await api.patch(`/groups/${group.id}`, { name: `${group.name} Renamed` });
  const page = await open("/admin/audit");
  await page.getByLabel("Kind of thing").selectOption("group");
  await page.getByRole("button", { name: /Group .*Renamed: changed/ }).first().click();
  const detail = page.getByRole("dialog");
  await detail.getByRole("row", { name: new RegExp(`name ${group.name} ${group.name} Renamed`) }).waitFor();
  await rig.axe(page, "a line of the log");
});

test("a mail that became no ticket is listed with its reason", async () => {
  const api = await rig.api();
  const from = `${once("left").replace(" ", ".")}@customer.example`;
  const { id } = (await api.post("/people", { kind: "requester", name: "Left Long Ago", address: from })).body;
  assert.ok((await api.post(`/people/${id}/deactivate`)).status < 300);
  await rig.send(from, "support@acme.example", "Am I still there?", "Hello?");
  await until("the mail is held", async () => (await api.get("/held-mails")).body.items.some((m: { from: string }) => m.from === from));
  const page = await open("/admin/held-mails");
  const row = page.getByRole("row", { name: new RegExp(from) });
  await row.getByText("The sender is deactivated.").waitFor();
  await row.getByText("to support@acme.example", { exact: false }).waitFor();
  await rig.axe(page, "a held mail");
});
