import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "vitest";
import type { Page } from "playwright-core";
import { type Rig, accounts, hr, startRig, until } from "./rig";

// Messages that are sent later, sending that is undone, forwarding, and closing while something waits.

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
}, 120_000);
afterAll(async () => rig?.close());

/** fresh files a ticket in the inbox of Accounts and shares it with the HR agent. */
async function fresh(subject: string): Promise<number> {
  const api = await rig.api();
  const inboxes = (await api.get("/inboxes?limit=200")).body.items as { id: number; address: string }[];
  const made = await api.post("/tickets", { subject, text: "Where is it?", inbox_id: inboxes.find((i) => i.address.startsWith("accounts@"))!.id, requester_address: "staff.one@acme.example" });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const agents = (await api.get(`/share-targets?q=hr.agent&ticket=${made.body.number}`)).body.items as { kind: string; id: number }[];
  const shared = await api.post(`/tickets/${made.body.number}/shares`, { targets: [{ kind: "agent", id: agents.find((a) => a.kind === "agent")!.id }] });
  assert.equal(shared.status, 201, JSON.stringify(shared.body));
  return made.body.number;
}

const field = (page: Page) => page.getByRole("textbox", { name: "Reply" });

async function write(page: Page, text: string) {
  if (await page.locator(".composer-peek").isVisible()) await page.locator(".composer-peek").click();
  await field(page).click();
  await field(page).fill(text);
}

async function sendLater(page: Page) {
  await page.getByRole("button", { name: "More ways to send" }).click();
  await page.getByRole("menuitem", { name: "Send later…" }).click();
  await page.getByRole("dialog", { name: "Send later" }).waitFor();
}

test("S1-15 S1-27 S1-28 a reply is scheduled, seen in the ticket and on its page, and removed with the share", async () => {
  const number = await fresh("Scheduled from a share");
  const page = await rig.page({ as: hr });
  await page.goto(`/tickets/${number}`);
  await write(page, "It will be there on Monday.");
  await sendLater(page);
  await rig.axe(page, "choosing when");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Date and time").fill("2020-01-01T08:00");
  await dialog.getByText("This moment is past").waitFor();
  await dialog.getByRole("button", { name: /Tomorrow morning/ }).click();
  await dialog.getByRole("button", { name: "Schedule", exact: true }).click();
  const strip = page.getByRole("region", { name: "Messages that are sent later" });
  await strip.getByText("It will be there on Monday.").first().waitFor();
  await until("the field is empty", async () => (await field(page).textContent())?.trim() === "");
  await rig.axe(page, "one scheduled message");

  await strip.getByRole("button", { name: "Edit the scheduled message" }).click();
  const text = page.getByRole("textbox", { name: "Text of the message" });
  await text.fill("It will be there on Tuesday.");
  await rig.axe(page, "editing it");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await strip.getByText("It will be there on Tuesday.").first().waitFor();

  await page.goto("/scheduled");
  await page.getByRole("link", { name: `#${number} Scheduled from a share` }).waitFor();
  await rig.axe(page, "the page of what is scheduled");

  for (const dark of [false, true]) {
    const phone = await rig.page({ as: hr, width: 390, height: 844, dark });
    for (const path of [`/tickets/${number}`, "/scheduled"]) {
      await phone.goto(path);
      await phone.getByText("It will be there on Tuesday.").first().waitFor();
      await rig.axe(phone, `${path} at 390 px`);
      await rig.fits(phone, `${path} at 390 px`);
    }
    await phone.context().close();
  }

  // The share ends: the reply goes with it, and the history says so.
  const api = await rig.api();
  const shares = (await api.get(`/tickets/${number}/shares`)).body.items as { id: number }[];
  await api.delete(`/tickets/${number}/shares/${shares[0]!.id}`);
  await page.reload();
  await page.getByText("Nothing is scheduled").waitFor();
  await rig.axe(page, "nothing scheduled");
  const owner = await rig.page();
  await owner.goto(`/tickets/${number}`);
  await owner.getByText(/A scheduled message by .* was removed/).waitFor();
  assert.equal((await api.get(`/tickets/${number}/messages`)).body.items.length, 1);
}, 180_000);

test("sending is undone and the text stands in the composer again; what is not undone is sent", async () => {
  const number = await fresh("Undo");
  const api = await rig.api();
  await api.patch("/settings", { "replies.undo_seconds": 60 });
  const page = await rig.page({ as: accounts });
  await page.goto(`/tickets/${number}`);
  await write(page, "Sent too early");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Sending…").first().waitFor();
  await until("the field is empty", async () => (await field(page).textContent())?.trim() === "");
  await rig.axe(page, "a message on its way");
  await page.getByRole("button", { name: "Undo" }).click();
  await field(page).getByText("Sent too early").waitFor();
  assert.equal((await api.get(`/tickets/${number}/messages`)).body.items.length, 1);
  await api.patch("/settings", { "replies.undo_seconds": 1 });
  await page.keyboard.press("Control+Enter");
  await page.getByRole("article").getByText("Sent too early").waitFor();
}, 120_000);

test("solving asks what becomes of scheduled messages", async () => {
  const number = await fresh("Closing");
  const author = await rig.api(accounts);
  const later = await author.post(`/tickets/${number}/messages`, { text: "Still to come", send_at: new Date(Date.now() + 3_600_000).toISOString() });
  assert.equal(later.status, 202);
  const page = await rig.page();
  await page.goto(`/tickets/${number}`);
  await page.getByText("Still to come").first().waitFor();
  await page.getByRole("button", { name: "Solve", exact: true }).first().click();
  const dialog = page.getByRole("dialog", { name: "1 scheduled message is still to be sent" });
  await dialog.waitFor();
  await rig.axe(page, "asking about scheduled messages");
  await dialog.getByRole("button", { name: "Send now" }).click();
  await page.getByRole("article").getByText("Still to come").waitFor();
  assert.equal((await author.get(`/tickets/${number}`)).body.status, "solved");
}, 120_000);

test("S1-16 a ticket is forwarded outside by who may, and not by whom it is only shared with", async () => {
  const number = await fresh("Forwarded");
  const guest = await rig.page({ as: hr });
  await guest.goto(`/tickets/${number}`);
  await guest.getByRole("article").first().waitFor();
  assert.equal(await guest.getByRole("button", { name: "Forward this message" }).count(), 0);
  await guest.getByRole("button", { name: "More actions" }).first().click();
  await guest.getByRole("menuitem").first().waitFor();
  assert.equal(await guest.getByRole("menuitem", { name: "Forward…" }).count(), 0);

  const page = await rig.page({ as: accounts });
  await page.goto(`/tickets/${number}`);
  await page.getByRole("button", { name: "Forward this message" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Forward" });
  await dialog.getByLabel("To", { exact: true }).fill("eva@vendor.example,");
  await dialog.getByLabel("Message", { exact: true }).fill("Can you look at this?");
  await dialog.getByText("eva@vendor.example will read this").waitFor();
  await rig.axe(page, "forwarding");
  await dialog.getByRole("button", { name: "Forward", exact: true }).click();
  await page.getByText("Side conversation").first().waitFor();
  await rig.axe(page, "a side conversation");
  await page.getByRole("button", { name: "Answer" }).click();
  await page.getByRole("dialog", { name: "Write to people outside" }).getByLabel("Message", { exact: true }).fill("One more thing.");
  await page.getByRole("button", { name: "Send outside" }).click();
  await page.getByText("One more thing.").first().waitFor();
  const phone = await rig.page({ as: accounts, width: 390, height: 844, dark: true });
  await phone.goto(`/tickets/${number}`);
  await phone.getByText("One more thing.").first().waitFor();
  await rig.axe(phone, "a side conversation at 390 px");
  await rig.fits(phone, "a side conversation at 390 px");
}, 180_000);
