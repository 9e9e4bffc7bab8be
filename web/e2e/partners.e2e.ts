import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Desk, agreement, copyOf, filed, signIn } from "./desks.ts";
import { type Api, type Rig, once, owner, startRig, until } from "./rig.ts";

// Two desks, Acme and Globex, which share tickets: two accounts of one server, which take the same road as two servers do.
// twodesks.e2e.ts has what needs two.

let rig: Rig;
let api: Api;
const on = { "partners.enabled": true };
let globex: Desk;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
  globex = { url: rig.url.replace(/\/\/[^:/]+/, "//globex.localhost"), who: "owner@globex.example" };
  assert.equal((await api.patch("/settings", on)).status, 200);
});
afterAll(() => rig.close());

const section = (page: Page) => page.getByRole("region", { name: "Partners" });
const list = (page: Page) => page.getByRole("list", { name: "Partners" });

test("one-time addresses are made, shown once and deleted", async () => {
  const page = await rig.page({ width: 390, height: 844 });
  await page.goto("/admin/partners");
  await page.getByRole("button", { name: "New address" }).click();
  const note = once("Contoso");
  await page.getByLabel("For whom").fill(note);
  await page.getByRole("button", { name: "Make the address" }).click();
  const shown = page.getByRole("dialog", { name: "Your one-time address" });
  assert.match((await shown.locator("code").textContent()) ?? "", /^https?:\/\/.+\/sharing\/i\/.+/);
  await rig.axe(page, "a one-time address");
  await shown.getByRole("button", { name: "Done" }).click();
  await page.getByText(note).waitFor();
  await rig.looks(page, "the list of partners");
  await page.getByRole("button", { name: `Delete the address: ${note}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText(note, { exact: true }).waitFor({ state: "detached" });
});

test("S4-02 S4-04 S4-05 S4-06 S4-07 S4-08 a ticket goes to a partner when it is submitted, and is marked on both desks", async () => {
  const subject = once("Pump stands still");
  const number = await filed(api, subject);
  assert.ok(await agreement(api, globex), "the demo begins with an agreement");
  const page = await rig.page();
  await page.goto(`/tickets/${number}`);
  const field = section(page).getByRole("combobox", { name: "Share ticket with …" });
  await field.waitFor();
  await field.selectOption({ index: 1 });
  await page.getByText(/Shares this ticket with .* when you send/).waitFor();
  assert.equal((await api.get(`/tickets/${number}/partners`)).body.items.length, 0, "choosing alone shares nothing");
  await rig.looks(page, "a partner is chosen");

  await page.getByRole("button", { name: "What they will see" }).click();
  const shown = page.getByRole("dialog", { name: "What they will see" });
  await shown.getByText("The pump stands still.").waitFor();
  await rig.looks(page, "what they will see");
  await page.keyboard.press("Escape");

  // It goes with the message.
  const text = page.locator(".composer-edit[contenteditable]");
  await text.fill("Could you look at this pump, please?");
  await text.press("Control+Enter");
  await list(page).getByText(/In sync|Sending/).waitFor();
  await page.locator(".ticket-head").getByText(/^To /).waitFor();
  await page.getByText(/shared it with/).waitFor();

  const other = await signIn(rig, globex);
  const copy = await copyOf(other, subject);
  await other.goto(`${globex.url}/tickets/${copy}`);
  await other.locator(".ticket-head").getByText(/^From /).waitFor();
  await other.locator(".msg", { hasText: "The pump stands still." }).waitFor();
  await other.locator(".msg", { hasText: "Could you look at this pump" }).waitFor();
  await other.getByText(/via /).first().waitFor();
  await rig.looks(other, "a ticket of a partner");
  await until("both know each other's number", async () => (await api.get(`/tickets/${number}/partners`)).body.items[0]?.remote_number !== "");
});

test("S4-04 the share dialog offers partners beside people, and says that it goes outside", async () => {
  const number = await filed(api, once("Gearbox smells"));
  const page = await rig.page();
  await page.goto(`/tickets/${number}?share=1`);
  const dialog = page.getByRole("dialog", { name: "Share Ticket" });
  const picker = dialog.getByRole("combobox", { name: /^Agents/ });
  await picker.click();
  await page.keyboard.type("glob");
  await page.getByRole("option", { name: /Globex/ }).click();
  await dialog.getByText("Its agreement says what goes across.").waitFor();
  await dialog.getByRole("checkbox", { name: /outside this help desk/ }).check();
  await rig.axe(page, "a partner in the share dialog");
  await dialog.getByRole("button", { name: /^Share with 1/ }).click();
  await dialog.getByRole("list", { name: "Other desks" }).getByText(/^To /).waitFor();
  assert.equal((await api.get(`/tickets/${number}/partners`)).body.items.length, 1);
});
