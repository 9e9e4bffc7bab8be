import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Api, type Rig, once, owner, startRig, until } from "./rig.ts";

// Partners are chosen wherever one chooses whom a ticket is shared with: in rules, in macros and for many tickets at once.

let rig: Rig;
let api: Api;
let partner: number;
let inbox: number;
let group: number;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
  assert.equal((await api.patch("/settings", { "partners.enabled": true })).status, 200);
  const list = (await api.get("/partners?status=accepted&direction=outbound")).body.items as { id: number; host: string }[];
  partner = list.find((p) => p.host.startsWith("globex.localhost"))?.id ?? 0;
  assert.ok(partner, "the demo begins with an agreement");
  inbox = (await api.get("/inboxes")).body.items.find((i: { name: string; address: string }) => i.address.startsWith("accounts@")).id;
  group = (await api.get("/groups")).body.items.find((g: { name: string }) => g.name === "Accounts").id;
});
afterAll(() => rig.close());

async function filed(subject: string): Promise<number> {
  const made = await api.post("/tickets", { inbox_id: inbox, subject, text: "The pump stands still.", requester_address: "mei@customer.example", requester_name: "Mei Tanaka" });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.number;
}

/** links gives the states of a ticket's shares with partners, newest first. */
const links = async (number: number) => ((await api.get(`/tickets/${number}/partners`)).body.items as { state: string }[]).map((k) => k.state);

/** desk picks the partner in a picker of targets. */
async function desk(page: Page, picker: ReturnType<Page["locator"]>) {
  await picker.pressSequentially("glob");
  await page.getByRole("option", { name: /globex/i }).first().waitFor();
  await picker.press("Enter");
}

test("S4-17 S4-20 S4-22 a rule made in the editor shares a ticket that gets a group with a partner", async () => {
  for (const rule of (await api.get("/rules?kind=update")).body.items) await api.delete(`/rules/${rule.id}`);
  const number = await filed(once("For the vendor"));
  assert.ok((await api.patch(`/tickets/${number}`, { group_id: null })).status < 300);
  const page = await rig.page();
  await page.goto("/admin/rules/update");
  await page.getByRole("button", { name: "Add rule" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(once("To the vendor"));
  await page.getByRole("button", { name: "Add event" }).click();
  await page.getByLabel("Event", { exact: true }).selectOption("group");
  await page.getByLabel("to", { exact: true }).selectOption({ label: "Accounts" });
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("button", { name: "Add an action" }).click();
  await page.getByRole("menuitem", { name: /^Share/ }).click();
  await desk(page, page.locator(".action-row").last().locator("input[role=combobox]").first());
  await page.locator(".action-row .chip").first().waitFor();
  await rig.looks(page, "a partner in a rule");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.locator(".rule-line").first().waitFor();

  assert.deepEqual(await links(number), []);
  assert.ok((await api.patch(`/tickets/${number}`, { group_id: group })).status < 300);
  await until("it has arrived", async () => (await links(number))[0] === "synced");
  for (const rule of (await api.get("/rules?kind=update")).body.items) await api.delete(`/rules/${rule.id}`);
});

test("S4-24 a macro made in the editor shares with a partner", async () => {
  const name = once("Ask the vendor");
  const page = await rig.page();
  await page.goto("/admin/macros");
  await page.getByRole("button", { name: "New macro" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill(name);
  await form.getByRole("button", { name: "Add an action" }).click();
  await page.getByRole("menuitem", { name: "Share the ticket", exact: true }).click();
  await desk(page, form.getByRole("combobox", { name: /^Agents/ }));
  await form.locator(".chip").first().waitFor();
  await rig.axe(page, "a partner in a macro");
  await form.getByRole("button", { name: /^(Save|Create|Add)/ }).last().click();
  await form.waitFor({ state: "detached" });
  const macro = (await api.get("/macros")).body.items.find((m: { name: string }) => m.name === name);
  assert.deepEqual(macro.actions[0].targets, [{ kind: "partner", id: partner }]);
  const number = await filed(once("By a macro"));
  assert.equal((await api.post(`/tickets/${number}/macro`, { macro_id: macro.id })).status, 200);
  await until("it has arrived", async () => (await links(number))[0] === "synced");
});

test("S4-18 S4-19 several tickets are shared with a partner at once, and undoing ends it", async () => {
  const word = once("Crates").replace(" ", "");
  const numbers = [await filed(`${word} one`), await filed(`${word} two`)];
  const page = await rig.page();
  await page.goto(`/tickets?view=all&filter=${encodeURIComponent(JSON.stringify({ field: "subject", op: "contains", value: word }))}`);
  await page.locator(".row").nth(1).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByText("2 selected", { exact: true }).waitFor();
  await page.keyboard.press("s");
  const dialog = page.getByRole("dialog");
  await desk(page, dialog.getByRole("combobox").first());
  await dialog.getByText("Its agreement says what goes across.").waitFor();
  await dialog.getByRole("checkbox", { name: /outside this help desk/ }).check();
  await dialog.getByText(/will be shared/).first().waitFor();
  await rig.looks(page, "many tickets for a partner");
  await dialog.getByRole("button", { name: /^Share/ }).last().click();
  for (const number of numbers) await until("it has arrived", async () => (await links(number))[0] === "synced");
  await dialog.getByRole("button", { name: "Undo" }).click();
  for (const number of numbers) await until("it is unshared", async () => (await links(number))[0] === "ended");
});

test("S4-04 S4-29 an entry of the sharing policy keeps a partner out of the pickers", async () => {
  for (const entry of (await api.get("/share-policy")).body.items) await api.delete(`/share-policy/${entry.id}`);
  const page = await rig.page();
  await page.goto("/admin/share-policy");
  await page.getByRole("button", { name: /^(Add|New) / }).first().click();
  const form = page.getByRole("dialog");
  await form.getByText("Partners", { exact: true }).click();
  await form.getByRole("checkbox", { name: /globex/i }).check();
  await form.getByText(/the partner .*globex/i).waitFor();
  await rig.looks(page, "a partner in the sharing policy");
  await form.getByRole("button", { name: /^(Save|Add|Create)/ }).last().click();
  await form.waitFor({ state: "detached" });
  const number = await filed(once("Not for the vendor"));
  assert.deepEqual((await api.get(`/share-targets?q=globex&ticket=${number}`)).body.items, []);
  assert.equal((await api.post(`/tickets/${number}/partners`, { partner_ids: [partner] })).body.reason, "target_not_allowed");
  for (const entry of (await api.get("/share-policy")).body.items) await api.delete(`/share-policy/${entry.id}`);
});
