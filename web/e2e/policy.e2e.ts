import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, test } from "vitest";
import { type Api, type Rig, accounts, once, owner, settled, startRig, until } from "./rig.ts";

// Who may share what with whom, and share templates, on the screen.

let rig: Rig;
let api: Api;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
});
afterAll(() => rig.close());

/** plain takes every entry of the policy away, so that a test can start again. */
beforeEach(async () => {
  for (const e of (await api.get("/share-policy")).body.items) await api.delete(`/share-policy/${e.id}`);
  await api.patch("/settings", { "sharing.policy_default": "allow" });
});

const dialog = (page: Page) => page.getByRole("dialog", { name: "Share Ticket" });
const picker = (page: Page) => dialog(page).getByRole("combobox", { name: /^Agents/ });
const idOf = async (list: string, name: string) => (await api.get(`${list}?limit=100&q=${encodeURIComponent(name)}`)).body.items.find((x: any) => x.name === name).id as number;
const shares = async (number: number) => (await api.get(`/tickets/${number}/shares`)).body.items as { target: { name: string }; expires_at: string | null; reason: string }[];

test("S4-28 S4-29 an administrator writes down who may share what with whom, and the picker follows", async () => {
  const product = (await api.get("/ticket-fields")).body.items.find((f: any) => f.name === "Product").id;
  assert.equal((await api.patch("/tickets/22", { fields: { [product]: "Enterprise" } })).status, 200);
  const page = await rig.page();
  await page.goto("/admin/share-policy");
  await page.getByText("No entries yet").waitFor();
  await rig.looks(page, "no entries");

  await page.getByRole("button", { name: "New entry" }).first().click();
  const form = page.getByRole("dialog", { name: "New entry" });
  await form.getByRole("button", { name: "Add condition" }).click();
  await form.getByLabel("Field").last().selectOption({ label: "Product" });
  await form.getByText(/where Product/).waitFor();
  const value = form.getByRole("combobox", { name: "Value" }).last();
  await value.selectOption({ label: "Enterprise" });
  await form.getByText("Groups", { exact: true }).click();
  await form.locator("details[open]").getByRole("checkbox", { name: "Legal" }).check();
  await form.getByText("Nobody may share tickets where Product is Enterprise with the group Legal.").waitFor();
  await rig.looks(page, "a new entry");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Nobody may share tickets where Product is Enterprise with the group Legal." }).waitFor();

  // A second entry goes before it.
  await api.post("/share-policy", { allow: true, to_groups: [await idOf("/groups", "Legal")], condition: { field: `field:${product}`, op: "is", value: "Team" } });
  await page.reload();
  await page.getByRole("button", { name: "Move up: Entry 2" }).click();
  await page.getByRole("button", { name: "Move down: Entry 1" }).waitFor();
  await until("the order is kept", async () => (await api.get("/share-policy")).body.items[0].allow === true);
  await settled(page);
  await rig.looks(page, "two entries");

  const check = async (number: string) => {
    await page.getByLabel("Ticket number").fill(number);
    await page.getByLabel("With whom").selectOption({ label: "Legal" });
  };
  await page.getByRole("searchbox", { name: "Who shares" }).fill("ingrid");
  await page.getByRole("button", { name: /^Add Ingrid/ }).click();
  await check("22");
  await page.getByText("Entry 2 decides.").waitFor();
  await rig.looks(page, "a check");
  await check("35");
  await page.getByText("No entry fits, so what").waitFor();

  await page.goto("/tickets/22?share=1");
  await picker(page).click();
  await page.keyboard.type("lega");
  await page.getByRole("option").first().waitFor(); // an agent, by their address
  await settled(page);
  assert.equal(await page.getByRole("option", { name: /^Legal/ }).count(), 0);
  await page.keyboard.type(" and nobody else");
  await page.getByText("Your desk's sharing policy decides who is offered here.").waitFor();
  const refused = await api.post("/tickets/22/shares", { targets: [{ kind: "group", id: await idOf("/groups", "Legal") }] });
  assert.deepEqual([refused.status, refused.body.reason], [422, "target_not_allowed"]);
  assert.equal((await api.patch("/tickets/22", { fields: { [product]: "Team" } })).status, 200);
  await page.goto("/tickets/22?share=1");
  await picker(page).click();
  await page.keyboard.type("lega");
  await page.getByRole("option", { name: /^Legal/ }).first().waitFor();

  await page.goto("/admin/share-policy");
  await page.getByRole("combobox", { name: "Where no entry fits" }).selectOption({ label: "Sharing is denied" });
  await page.getByText("Only what an entry allows can be shared.").waitFor();
  await page.getByRole("button", { name: /Actions on Entry 2|Entry 2/ }).last().click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await until("the entry is gone", async () => (await api.get("/share-policy")).body.items.length === 1);
});

test("S4-29 what the server refuses stands at the chip, and nothing that was typed is lost", async () => {
  await rig.unshare(35);
  const page = await rig.page();
  await page.goto("/tickets/35?share=1");
  await picker(page).click();
  await page.keyboard.type("chid");
  await page.getByRole("option", { name: /Chidi Eze/ }).first().waitFor();
  await page.keyboard.press("Enter");
  await dialog(page).getByLabel(/^Reason/).fill("Once more");
  await api.post("/share-policy", { allow: false, all_agents: true });
  await dialog(page).getByRole("button", { name: /^Share with/ }).click();
  await dialog(page).getByText("The sharing policy of this desk does not let you share this ticket with them.").waitFor();
  assert.equal(await dialog(page).getByLabel(/^Reason/).inputValue(), "Once more");
  await rig.axe(page, "refused by the policy");
  assert.deepEqual(await shares(35), []);
});

test("S4-16 on a phone a ticket is shared by a template, with its note, in a few touches", async () => {
  await rig.unshare(35);
  const page = await rig.page({ as: accounts, width: 390, height: 844 });
  await page.goto("/tickets/35");
  await page.getByRole("button", { name: /^(Share|Shared \d+)$/ }).tap();
  await dialog(page).waitFor();
  const template = dialog(page).getByRole("combobox", { name: "Share template" });
  await template.selectOption({ label: "Ask Legal for a look" });
  await dialog(page).locator(".chip", { hasText: "Legal" }).waitFor();
  const note = dialog(page).getByLabel("Internal note (optional)");
  assert.match(await note.inputValue(), /^Legal, please say/);
  const said = once("Legal, is this right?");
  await note.fill(said);
  await rig.looks(page, "a template is chosen");
  for (const control of [template, dialog(page).getByRole("button", { name: /^Share with/ })]) assert.ok((await control.boundingBox())!.height >= 44, "a finger can hit it");
  await dialog(page).getByRole("button", { name: /^Share with/ }).tap();
  await dialog(page).locator(".share-row", { hasText: "Legal" }).waitFor();
  const made = await shares(35);
  assert.deepEqual(made.map((s) => s.target.name), ["Legal"]);
  assert.equal(made[0]!.reason, "Needs a legal opinion");
  const days = (Date.parse(made[0]!.expires_at!) - Date.now()) / 86_400_000;
  assert.ok(days > 6.5 && days < 7.5, `it ends in ${days} days`);
  await page.keyboard.press("Escape");
  await page.getByText(said).first().waitFor();
});

test("S4-16 every control of the share dialog can be hit with a finger, also at 320 px", async () => {
  const page = await rig.page({ width: 320, height: 640 });
  await page.goto("/tickets/35?share=1");
  await picker(page).tap();
  await page.keyboard.type("HR");
  await page.getByRole("option", { name: /^HR/ }).first().tap();
  await rig.looks(page, "share dialog, 320 px");
  const small: string[] = [];
  for (const control of await dialog(page).locator("button:visible, select:visible, textarea:visible").all()) {
    const box = await control.boundingBox();
    // What stands in a chip is part of it.
    if (box && box.height < 24) small.push(`${await control.evaluate((e) => e.outerHTML.slice(0, 80))} ${box.height}`);
  }
  assert.deepEqual(small, []);
});

test("share templates are made, changed and deleted on their page", async () => {
  const name = once("Involve the house");
  const page = await rig.page();
  await page.goto("/admin/share-templates");
  await page.getByRole("button", { name: "Involve HR", exact: true }).waitFor();
  await rig.looks(page, "share templates");
  await page.getByRole("button", { name: "New share template" }).first().click();
  const form = page.getByRole("dialog", { name: "New share template" });
  await form.getByLabel("Name").fill(name);
  await form.getByRole("combobox", { name: /^Agents/ }).click();
  await page.keyboard.type("supp");
  await page.getByRole("option", { name: /^Support/ }).first().waitFor();
  await page.keyboard.press("Enter");
  await form.getByLabel("Access level").selectOption({ label: "Can comment" });
  await form.getByLabel("Ends after hours").fill("48");
  await form.getByLabel("Internal note (optional)").fill("Please look.");
  await rig.looks(page, "a new share template");
  await form.getByRole("button", { name: "Save" }).click();
  await form.waitFor({ state: "hidden" });
  const made = (await api.get("/share-templates")).body.items.find((x: any) => x.name === name);
  assert.deepEqual([made.level, made.expiry_hours, made.note], ["comment", 48, "Please look."]);
  await page.getByRole("button", { name, exact: true }).click();
  const edit = page.getByRole("dialog", { name: "Edit share template" });
  await edit.getByLabel("Name").fill("Involve HR");
  await edit.getByRole("button", { name: "Save" }).click();
  await edit.getByText("Another share template already has this name.").waitFor();
  await rig.axe(page, "a name that is taken");
  await edit.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: new RegExp(name) }).last().click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await until("it is gone", async () => !(await api.get("/share-templates")).body.items.some((x: any) => x.name === name));
});
