import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Api, type Rig, accounts, noShare, once, owner, settled, startRig, until } from "./rig.ts";

// Macros as people meet them: made in the administration, run on a ticket, from the palette and on many; and work on many that
// writes, is undone, and moves tickets.

let rig: Rig;
let api: Api;
let hrGroup = 0;
let box = 0;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
  hrGroup = (await api.get("/groups?q=HR")).body.items[0].id;
  box = (await api.get("/inboxes")).body.items.find((b: { name: string }) => b.name === "Accounts").id;
});
afterAll(() => rig.close());

const runDialog = (page: Page) => page.getByRole("dialog", { name: "Run a macro" });
const form = (page: Page) => page.getByRole("dialog", { name: /macro$/ });

async function filed(subject: string): Promise<number> {
  const made = await api.post("/tickets", { subject, text: "x", requester_address: "staff.one@acme.example", inbox_id: box });
  assert.equal(made.status, 201);
  return made.body.number;
}
const listOf = (word: string) => `/tickets?view=all&state=any&filter=${encodeURIComponent(JSON.stringify({ all: [{ field: "subject", op: "contains", value: word }] }))}`;
const sharesOf = async (number: number): Promise<any[]> => (await api.get(`/tickets/${number}/shares`)).body.items;
async function macro(name: string, actions: unknown[], scope = "everyone"): Promise<number> {
  const made = await api.post("/macros", { name, scope, actions });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}
async function open(page: Page, number: number) {
  await page.goto(`/tickets/${number}`);
  await page.getByRole("button", { name: "Run a macro" }).waitFor();
}

test("S4-24 the action to share is in the editor of macros, with the picker and levels of sharing", async () => {
  const name = once("Ask HR");
  const page = await rig.page();
  await page.goto("/admin/macros");
  await page.getByRole("button", { name: "New macro" }).first().click();
  await form(page).getByLabel("Name").fill(name);
  const add = async (kind: string) => {
    await form(page).getByRole("button", { name: "Add an action" }).click();
    await page.getByRole("menuitem", { name: kind, exact: true }).click();
  };
  await add("Share the ticket");
  const row = form(page).getByRole("listitem", { name: /Share the ticket/ });
  await row.getByRole("combobox", { name: /^Agents/ }).fill("HR");
  await page.getByRole("option", { name: /HR/ }).first().click();
  await row.getByRole("combobox", { name: "Level" }).selectOption("edit");
  await row.getByLabel("Owner of the ticket's group").check();
  await add("Set a field");
  await form(page).getByRole("combobox", { name: "Field", exact: true }).selectOption("priority");
  await form(page).getByRole("combobox", { name: /Priority/ }).selectOption("high");
  await add("Add an internal note");
  await form(page).getByLabel("Note for colleagues").fill("For HR");
  await form(page).getByRole("button", { name: "requester.name", exact: true }).click();
  await rig.looks(page, "the editor of a macro");
  await form(page).getByRole("button", { name: "Save" }).click();
  await form(page).waitFor({ state: "hidden" });
  const kept = (await api.get(`/macros?q=${encodeURIComponent(name)}`)).body.items[0];
  assert.deepEqual(kept.actions, [
    { do: "share", targets: [{ kind: "group", id: hrGroup }, { kind: "group_owner" }], level: "edit" },
    { do: "set", field: "priority", value: "high" },
    { do: "note", html: "<p>For HR{{requester.name}}</p>" },
  ]);
  await rig.looks(page, "the list of macros");
});

test("S4-23 S4-25 a macro shares from a ticket, and its undo leaves nothing to tidy up", async () => {
  const name = once("Involve");
  await macro(name, [
    { do: "share", targets: [{ kind: "group", id: hrGroup }], level: "edit" },
    { do: "set", field: "priority", value: "urgent" },
  ]);
  const number = await filed(once("Share by macro"));
  const page = await rig.page({ as: accounts });
  await open(page, number);
  await page.keyboard.press("Shift+M");
  await runDialog(page).getByRole("combobox").fill(name);
  await runDialog(page).getByText("Share with HR (Can edit)").waitFor();
  await settled(page);
  await rig.looks(page, "the preview of a macro");
  await page.keyboard.press("Enter");
  await runDialog(page).waitFor({ state: "hidden" });
  await until("it is shared", async () => (await sharesOf(number)).length === 1);
  const [share] = await sharesOf(number);
  assert.deepEqual([share.cause.kind, share.cause.name, share.created_by.name], ["macro", name, "Amara Okafor"]);
  await page.getByRole("button", { name: /^Shared 1/ }).first().waitFor();
  await page.locator(".toasts").getByRole("button", { name: "Undo" }).click();
  await until("it is not shared any more", async () => (await sharesOf(number)).length === 0);
  assert.equal((await api.get(`/tickets/${number}`)).body.priority, "normal");
  assert.deepEqual((await api.get(`/tickets/${number}`)).body.tags, []);
});

test("S4-16 a macro shares on a phone", async () => {
  const name = once("On the way");
  await macro(name, [{ do: "share", targets: [{ kind: "group", id: hrGroup }] }]);
  const number = await filed(once("Phone macro"));
  const page = await rig.page({ as: accounts, width: 390, height: 844 });
  await open(page, number);
  await page.getByRole("button", { name: "Run a macro" }).click();
  await runDialog(page).getByRole("option", { name: new RegExp(name) }).click();
  await settled(page);
  await rig.looks(page, "a macro on a phone");
  await runDialog(page).getByRole("button", { name: "Run macro" }).click();
  await until("it is shared", async () => (await sharesOf(number)).length === 1);
});

test("S4-16 on a phone everything that can be done with many tickets is within reach, down to 320 px", async () => {
  await filed(once("Within reach"));
  const page = await rig.page({ as: owner, width: 390, height: 844 });
  await page.goto("/tickets?view=all");
  const pick = page.locator("[data-number]").first().getByRole("checkbox");
  await pick.waitFor({ state: "attached" });
  await pick.check({ force: true });
  const bar = page.getByRole("toolbar").filter({ hasText: "1 selected" });
  await bar.waitFor();
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    for (const button of await bar.getByRole("button").all()) {
      const box = (await button.boundingBox())!;
      assert.ok(box.x >= 0 && box.x + box.width <= width && box.height >= 24, `${await button.getAttribute("aria-label")} at ${width} px is at ${box.x} and ${box.width} wide`);
    }
  }
  await rig.looks(page, "the bar of bulk work on a phone");
  await bar.getByRole("button", { name: "Clear the selection" }).click();
  await bar.waitFor({ state: "detached" });
});

test("what would be refused is said before it is run, and nothing happens", async () => {
  const name = once("Not allowed");
  const id = await macro(name, [
    { do: "set", field: "priority", value: "high" },
    { do: "share", targets: [{ kind: "group", id: hrGroup }] },
  ]);
  const number = await filed(once("Refused macro"));
  const page = await rig.page({ as: noShare });
  await open(page, number);
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill(`Macro: ${name}`);
  await page.getByRole("option", { name: new RegExp(name) }).first().waitFor();
  await page.keyboard.press("Enter");
  await runDialog(page).getByText("It would change nothing at all.").waitFor();
  await rig.looks(page, "a macro that is refused");
  await page.keyboard.press("Enter");
  assert.equal((await api.get(`/tickets/${number}`)).body.priority, "normal");
  assert.ok(id);
});

test("S4-19 many tickets: a macro shares them, what was done is undone, and a note goes on each", async () => {
  const word = once("Manifold").replace(" ", "");
  const numbers = [await filed(`${word} one`), await filed(`${word} two`), await filed(`${word} three`)];
  const name = once("Many");
  await macro(name, [{ do: "share", targets: [{ kind: "group", id: hrGroup }] }, { do: "add_tags", tags: ["bulk"] }]);
  const page = await rig.page();
  const select = async () => {
    await page.goto(listOf(word));
    await page.locator(".row").nth(2).waitFor();
    for (let i = 0; i < 3; i++) await page.locator(".row").nth(i).locator(".row-pick").click();
    await page.getByText("3 selected").waitFor();
  };
  await select();
  await page.locator(".bulk-bar").getByRole("button", { name: "Run a macro" }).click();
  await runDialog(page).getByRole("combobox").fill(name);
  await runDialog(page).getByText("It runs on 3 of 3.").waitFor();
  await rig.looks(page, "a macro for many");
  await runDialog(page).getByRole("button", { name: "Run on 3 tickets" }).click();
  await until("all are shared", async () => (await Promise.all(numbers.map(sharesOf))).every((l) => l.length === 1));
  await page.locator(".toasts").getByRole("button", { name: "Undo" }).click();
  await until("none is shared", async () => (await Promise.all(numbers.map(sharesOf))).every((l) => l.length === 0));

  await select();
  await page.locator(".bulk-bar").getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Write on all" }).click();
  await page.getByRole("dialog").getByLabel("Text").fill("We look at #");
  await page.getByRole("button", { name: "ticket.number", exact: true }).click();
  await rig.looks(page, "a note on many");
  await page.getByRole("button", { name: "Write on 3 tickets" }).click();
  for (const n of numbers) await until(`the note is on ${n}`, async () => JSON.stringify((await api.get(`/tickets/${n}/messages`)).body).includes(`We look at #${n}`));

  await select();
  await page.locator(".bulk-bar").getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Change fields" }).click();
  await page.getByRole("dialog").getByRole("combobox", { name: "Field", exact: true }).selectOption("type");
  await page.getByRole("dialog").getByRole("combobox", { name: /Type/ }).selectOption("incident");
  await rig.looks(page, "fields of many");
  await page.getByRole("button", { name: "Change 3 tickets" }).click();
  await until("the type is set", async () => (await api.get(`/tickets/${numbers[2]}`)).body.type === "incident");

  await select();
  await page.locator(".bulk-bar").getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Delete", exact: true }).click();
  await until("they are in the trash", async () => (await api.get(`/tickets/${numbers[0]}`)).body.deleted === true);
});

test("bulk work on a whole list shows what came of it, and is undone", async () => {
  const word = once("Plenty").replace(" ", "");
  for (let i = 0; i < 101; i++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as people file them
    await filed(`${word} ${i}`);
  }
  const page = await rig.page();
  await page.goto(listOf(word));
  await page.locator(".row").nth(2).waitFor();
  await page.locator(".row").first().locator(".row-pick").click();
  await page.getByRole("button", { name: /^Select (all 101|the whole list)/ }).click();
  await page.locator(".bulk-bar").getByRole("button", { name: "Set priority" }).click();
  await page.getByRole("menuitem", { name: "High" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/101 tickets changed/).first().waitFor({ timeout: 60_000 });
  await rig.looks(page, "bulk work that is done");
  await dialog.getByRole("button", { name: "Undo" }).click();
  await dialog.getByText(/Undone on 101 tickets/).first().waitFor({ timeout: 60_000 });
  assert.equal((await api.get(`/tickets?view=all&q=${word}&limit=1`)).body.items[0].priority, "normal");
});
