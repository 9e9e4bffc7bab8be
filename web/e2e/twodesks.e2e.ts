import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Desk, agreement, ask, copyOf, filed, signIn } from "./desks.ts";
import { type Api, type Rig, type Server, once, owner, settled, startRig, until } from "./rig.ts";

// Two desks on two servers, each with its own database: Acme on one shares tickets with Globex on the other. What two
// accounts of one server show as well is in partners.e2e.ts.

let rig: Rig;
let api: Api;
let second: Server;
let globex: Desk;
beforeAll(async () => {
  rig = await startRig();
  second = await rig.another();
  api = await rig.api(owner);
  globex = { url: second.url.replace(/\/\/[^:/]+/, "//globex.localhost"), who: "owner@globex.example" };
});
afterAll(() => rig.close());

const section = (page: Page) => page.getByRole("region", { name: "Partners" });
const list = (page: Page) => page.getByRole("list", { name: "Partners" });
const says = async (page: Page, text: string) => {
  const box = page.locator(".composer-edit[contenteditable]");
  await box.fill(text);
  await box.press("Control+Enter");
};

/** agreed makes the agreement, where an earlier test has not, and gives its id on Acme's side. */
async function agreed(other: Page): Promise<number> {
  const standing = await agreement(api, globex);
  if (standing) return standing;
  const made = await api.post("/partners", { address: `${globex.url}/sharing`, name: "Globex West" });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  let asks: { id: number; version: number } | undefined;
  await until("the invitation is there", async () => {
    asks = (await ask(other, "GET", "/partners?status=pending&direction=inbound")).body.items[0];
    return asks !== undefined;
  });
  await ask(other, "PATCH", `/partners/${asks?.id}`, { status: "accepted", version: asks?.version });
  await until("the answer is here", async () => (await agreement(api, globex)) > 0);
  return made.body.id;
}

test("S4-01 S4-03 an administrator invites another desk by its address, and its administrator accepts", async () => {
  const page = await rig.page();
  const other = await signIn(rig, globex);
  // What an earlier try has agreed makes way.
  for (let id = await agreement(api, globex); id > 0; id = await agreement(api, globex)) {
    await api.patch(`/partners/${id}`, { status: "inactive", version: (await api.get(`/partners/${id}`)).body.version });
  }
  await page.goto("/admin/partners");
  await page.getByRole("button", { name: "Invite a partner" }).first().click();
  const form = page.getByRole("dialog", { name: "Invite a partner" });
  await form.getByLabel("Address of their desk").fill("nonsense://globex");
  await form.getByRole("button", { name: "Send invitation" }).click();
  await form.locator(".error, [role=alert]").first().waitFor();
  await form.getByLabel("Address of their desk").fill(`${globex.url}/sharing`);
  await form.getByLabel("Your name for them").fill("Globex West");
  await form.getByRole("checkbox", { name: /^Tags/ }).check();
  await form.getByText("the status and the tags").waitFor();
  await rig.axe(page, "the invitation");
  await form.getByRole("button", { name: "Send invitation" }).click();
  await page.getByRole("heading", { level: 1, name: "Globex West" }).waitFor();
  const finger = await page.locator(".partner-finger code").first().textContent();
  await page.getByText(/^Invited /).first().waitFor();
  await rig.looks(page, "an invitation that waits");

  // There it stands apart until somebody accepts, the host before the name.
  await other.goto(`${globex.url}/admin/partners`);
  const asks = other.getByRole("list", { name: "Invitations to you" });
  await asks.waitFor();
  await rig.looks(other, "an invitation");
  assert.equal(await asks.locator(".partner-finger code").first().textContent(), finger, "both show the same fingerprint");
  await asks.getByRole("button", { name: "Accept" }).first().click();
  await other.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
  await asks.waitFor({ state: "detached" });
  await page.getByText("Active", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Test" }).click();
  await page.getByRole("dialog", { name: "Their desk answers" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByText("Paused: nothing is sent").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Paused: nothing is sent").waitFor({ state: "detached" });
});

test("S4-09 S4-10 S4-11 S4-13 S4-14 S4-15 C9 C12 a ticket crosses, both desks answer, the status follows, and unsharing leaves an orphan", async () => {
  const other = await signIn(rig, globex);
  await agreed(other);
  const subject = once("Valve leaks");
  const number = await filed(api, subject);
  const page = await rig.page();
  await page.goto(`/tickets/${number}`);
  await section(page).getByRole("combobox", { name: "Share ticket with …" }).selectOption({ label: `Globex West (${new URL(globex.url).host})` });
  await section(page).getByRole("button", { name: "Submit" }).click();
  await list(page).getByText("In sync", { exact: true }).waitFor();
  const copy = await copyOf(other, subject);
  await other.goto(`${globex.url}/tickets/${copy}`);
  await other.getByText(/shared the ticket with this desk/).waitFor();
  await other.getByText(/Also visible to /).waitFor();
  await says(other, "A new seal is on its way.");
  const message = page.locator(".msg", { hasText: "A new seal is on its way." });
  await message.getByText("via Globex West").waitFor();
  await other.getByRole("combobox", { name: "Status", exact: true }).selectOption("pending");
  await page.getByText(/Chen Mei-Ling \(Globex West\) set the status to Pending/).waitFor();

  await page.locator(".composer .tabs").getByRole("button", { name: "Local note" }).click();
  await page.getByText(/Also visible to /).waitFor({ state: "detached" });
  await says(page, "Their seals are too dear.");
  await page.locator(".msg", { hasText: "Their seals are too dear." }).waitFor();
  await page.locator(".composer .tabs").getByRole("button", { name: "Reply" }).click();
  await says(page, "Thank you.");
  await other.locator(".msg", { hasText: "Thank you." }).getByText(/^via /).waitFor();
  const said = (await ask(other, "GET", `/tickets/${copy}/messages?limit=200`)).body.items as { text: string }[];
  assert.ok(!said.some((m) => m.text.includes("too dear")), "a local note never leaves");

  await list(page).getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: "Unshare" }).click();
  const asked = page.getByRole("dialog");
  await asked.getByText("keeps its copy").waitFor();
  await rig.axe(page, "asks before unsharing");
  await asked.getByRole("button", { name: "Unshare" }).click();
  await list(page).getByText("Their copy stays with them").waitFor();
  await other.locator(".ticket-head").getByText("Orphan", { exact: true }).waitFor();
  await rig.looks(other, "an orphan");
  const filter = encodeURIComponent(JSON.stringify({ field: "orphaned", op: "is", value: true }));
  const found = await ask(other, "GET", `/tickets?view=all&filter=${filter}`);
  assert.ok(found.body.items?.some((row: any) => row.number === copy), JSON.stringify(found.body));
  await says(other, "Nobody hears this.");
  await other.locator(".msg", { hasText: "Nobody hears this." }).waitFor();
  const left = (await ask(other, "GET", `/tickets/${copy}/partners`)).body.items as { state: string }[];
  assert.deepEqual(left.map((l) => l.state), ["orphaned"], "the copy stays, cut loose");
});

test("a desk that is away delays what is meant for it, says why, and gets it once it is back", async () => {
  const other = await signIn(rig, globex);
  const partner = await agreed(other);
  const subject = once("Boiler is cold");
  const number = await filed(api, subject);
  assert.equal((await api.post(`/tickets/${number}/partners`, { partner_ids: [partner] })).status, 201);
  const copy = await copyOf(other, subject);
  await other.close();
  const page = await rig.page();
  await page.goto(`/tickets/${number}`);
  await list(page).getByText("In sync", { exact: true }).waitFor();
  await second.stop();
  try {
    await says(page, "It is minus five outside.");
    await list(page).getByText("Delayed").waitFor();
    await list(page).getByText("The connection failed.").waitFor();
    await settled(page);
    await rig.looks(page, "a delayed ticket");
    await list(page).getByRole("button", { name: "Try again now" }).click();
    await page.getByText("It is tried again now.").first().waitFor();

    await list(page).getByRole("link", { name: "Delivery log" }).click();
    await page.getByText("Messages to Globex West are delayed.").waitFor();
    await page.getByRole("table", { name: "Delivery log" }).getByText("The connection failed.").first().waitFor();
    await page.getByText("1 delayed").first().waitFor();
    await rig.looks(page, "a partner that is away");
  } finally {
    await second.start();
  }
  // Whichever comes first: its next try, or somebody who does not wait for it.
  const again = page.getByRole("button", { name: /^Try again now/ });
  await until("it has arrived", async () => {
    if (await again.isVisible()) await again.click({ timeout: 2000 }).catch(() => undefined);
    return (await api.get(`/tickets/${number}/partners`)).body.items[0].state === "synced";
  });
  await page.getByText("Messages to Globex West are delayed.").waitFor({ state: "detached" });
  const back = await signIn(rig, globex);
  const said = (await ask(back, "GET", `/tickets/${copy}/messages?limit=200`)).body.items as { text: string }[];
  assert.equal(said.filter((m) => m.text.includes("minus five")).length, 1, "it is there once");
});

test("S4-27 C19 a partner that closes its copy gets no more, and the next reply offers to share it again as a follow-up", async () => {
  const other = await signIn(rig, globex);
  const partner = await agreed(other);
  const subject = once("Belt runs off");
  const number = await filed(api, subject);
  assert.equal((await api.post(`/tickets/${number}/partners`, { partner_ids: [partner] })).status, 201);
  const copy = await copyOf(other, subject);
  assert.equal((await ask(other, "PATCH", `/tickets/${copy}`, { status: "closed" })).status, 200);
  const page = await rig.page();
  await page.goto(`/tickets/${number}`);
  await list(page).getByText("In sync", { exact: true }).waitFor();
  await says(page, "Are you there?");
  await page.locator(".ticket-head").getByText("Closed by Globex West").waitFor();
  await page.getByText("has closed its copy", { exact: false }).first().waitFor();
  await page.locator(".composer").getByRole("button", { name: "Share again with this reply" }).click();
  await page.getByText("Shares this ticket with Globex West when you send").waitFor();
  await rig.looks(page, "a follow-up is offered");
  await says(page, "It runs off again.");
  await list(page).getByText("In sync", { exact: true }).waitFor();
  let follow = 0;
  await until("there is a second ticket there", async () => {
    const items = (await ask(other, "GET", "/tickets?view=all&limit=50")).body.items as { subject: string; number: number }[];
    follow = items.find((row) => row.subject === subject && row.number !== copy)?.number ?? 0;
    return follow > 0;
  });
  const texts = ((await ask(other, "GET", `/tickets/${follow}/messages?limit=200`)).body.items as { text: string }[]).map((m) => m.text).join("\n");
  assert.ok(texts.includes("It runs off again."), texts);
});
