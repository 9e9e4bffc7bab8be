import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Api, type Rig, accounts, hr, hrSecond, noShare, once, owner, startRig, until } from "./rig.ts";

// Sharing as people meet it on the screen: the dialog, who has access, asking for access, and the list of all shares.

const billing = "billing.agent@acme.example";
let rig: Rig;
let api: Api;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
});
afterAll(() => rig.close());

const shareButton = (page: Page) => page.getByRole("button", { name: /^(Share|Shared \d+)$/ });
const dialog = (page: Page) => page.getByRole("dialog", { name: "Share Ticket" });
const picker = (page: Page) => dialog(page).getByRole("combobox", { name: /^Agents/ });
const row = (page: Page, name: string) => dialog(page).locator(".share-row", { hasText: name });
const chips = (page: Page) => dialog(page).locator(".chip");

/** open goes to a ticket and waits until it can be shared. */
async function open(page: Page, number: number) {
  await page.goto(`/tickets/${number}`);
  await shareButton(page).waitFor();
}

/** pick types into the picker and takes the first choice, by the keyboard alone. */
async function pick(page: Page, text: string, name: string) {
  await picker(page).focus();
  await page.keyboard.type(text);
  await page.getByRole("option", { name: new RegExp(name) }).first().waitFor();
  await page.keyboard.press("Enter");
  await chips(page).filter({ hasText: name }).waitFor();
}

async function sharesOf(number: number): Promise<{ id: number; level: string; target: { name: string } }[]> {
  return (await api.get(`/tickets/${number}/shares`)).body.items;
}
const names = async (number: number) => (await sharesOf(number)).map((s) => s.target.name).sort();
const idOf = async (address: string) => (await api.get(`/people?q=${encodeURIComponent(address)}`)).body.items[0].id as number;

test("S0-17 S0-18 S0-19 S0-20 S0-22 S0-23 S0-24 S0-25 S0-26 S0-27 S0-28 S1-18 S1-19 S1-20 S1-21 sharing with an agent and a group, by keyboard", async () => {
  await rig.unshare(35);
  const other = await rig.page({ as: "support.two@acme.example" });
  await other.goto("/");
  const nav = other.getByRole("navigation", { name: "Main" });
  await nav.getByRole("link", { name: /Unassigned/ }).waitFor();
  const link = nav.getByRole("link", { name: /Shared with me/ });
  assert.equal(await link.count(), 0, "the entry is not there while nothing is shared");

  const page = await rig.page();
  await open(page, 35);
  assert.equal(await shareButton(page).textContent(), "Share");
  await page.keyboard.press("s");
  await dialog(page).waitFor();
  assert.ok(page.url().endsWith("?share=1"));
  await pick(page, "chid", "Chidi Eze");
  await pick(page, "hr", "HR");
  await rig.axe(page, "two are chosen");
  await dialog(page).getByText("3 agents gain access").waitFor();
  await page.keyboard.press("Control+Enter");
  await row(page, "Chidi Eze").waitFor();
  await row(page, "HR").waitFor();
  await page.getByRole("status").getByText("Shared with 2 agents and groups").waitFor();
  await row(page, "Chidi Eze").getByText("Shared by Ingrid Solheim").waitFor();
  assert.deepEqual(await names(35), ["Chidi Eze", "HR"]);
  assert.ok(await picker(page).evaluate((e) => e === document.activeElement));
  await rig.axe(page, "shared");

  const made = (await api.get("/tickets/35/events?limit=200")).body.items.find((e: any) => e.kind === "ticket.share.created" && e.share.target.name === "Chidi Eze");
  const history = row(page, "Chidi Eze").getByRole("link", { name: /Shared by Ingrid Solheim/ });
  await until("the row links to its line", async () => (await history.getAttribute("href"))?.endsWith(`/tickets/35#event-${made.id}`) === true);
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  assert.ok(await shareButton(page).evaluate((e) => e === document.activeElement), "the focus is back on Share");
  assert.equal(await shareButton(page).textContent(), "Shared 2");
  await page.getByRole("button", { name: /Shared 2: .*Who has access/ }).click();
  await dialog(page).waitFor();
  await page.goBack();
  await dialog(page).waitFor({ state: "hidden" });

  // The second agent hears of it without a reload, and can open it.
  await until("the navigation has the entry and counts it", async () => (await link.count()) > 0 && (await link.locator(".count").textContent())?.startsWith("1") === true);
  await other.goto("/tickets/35");
  await other.getByText("Mileage rate for electric cars").first().waitFor();
  await other.getByText("Shared with you").first().waitFor();
  const told = (await (await rig.api("support.two@acme.example")).get("/notifications")).body.items;
  assert.ok(told.some((n: any) => n.ticket?.number === 35), "Chidi was told");
  for (const to of ["support.two@acme.example", hr, hrSecond]) {
    await until(`${to} is told by mail`, async () => (await rig.mails()).some((m) => m.to.includes(to) && m.subject.includes("Mileage rate for electric cars")));
  }
});

test("S0-21 an address finds its agent, and pasted addresses become chips while wrong ones stay as text", async () => {
  await rig.unshare(36);
  const page = await rig.page();
  await open(page, 36);
  await page.keyboard.press("s");
  await pick(page, accounts, "Amara Okafor");
  await picker(page).evaluate((input) => {
    const data = new DataTransfer();
    data.setData("text", "Mai <billing.agent@acme.example>; support.one@acme.example, nobody@acme.example");
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await until("three chips", async () => (await chips(page).count()) === 3);
  assert.equal(await picker(page).inputValue(), "nobody@acme.example");
  await dialog(page).getByText("This one was not found").waitFor();
  await rig.axe(page, "pasted");
});

test("Escape closes the list, then asks about the chips, then closes the dialog; the focus returns", async () => {
  await rig.unshare(36);
  const page = await rig.page();
  await open(page, 36);
  await page.keyboard.press("s");
  await pick(page, "chid", "Chidi Eze");
  await page.keyboard.type("ama");
  await page.getByRole("option", { name: /Amara/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("listbox").waitFor({ state: "hidden" });
  assert.equal(await chips(page).count(), 1);
  assert.equal(await picker(page).inputValue(), "ama", "what was typed is kept");
  await page.keyboard.press("Escape");
  await dialog(page).getByText("Discard 1 recipient?").waitFor();
  assert.equal(await chips(page).count(), 1);
  await rig.axe(page, "asks before discarding");
  await dialog(page).getByRole("button", { name: "Keep editing" }).press("Enter");
  await picker(page).fill("");
  await picker(page).press("Backspace");
  await until("the chip is removed", async () => (await chips(page).count()) === 0);
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  assert.ok(await shareButton(page).evaluate((e) => e === document.activeElement));
  assert.deepEqual(await names(36), []);
});

test("undo from the toast takes a share back, with the dialog open and by Z", async () => {
  await rig.unshare(36);
  const page = await rig.page();
  await open(page, 36);
  await page.keyboard.press("s");
  await pick(page, "chid", "Chidi Eze");
  await page.keyboard.press("Control+Enter");
  await row(page, "Chidi Eze").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await row(page, "Chidi Eze").waitFor({ state: "detached" });
  assert.ok(await dialog(page).isVisible(), "a press on a toast leaves the dialog open");
  await until("the share is gone", async () => (await names(36)).length === 0);

  await pick(page, "chid", "Chidi Eze");
  await page.keyboard.press("Control+Enter");
  await row(page, "Chidi Eze").waitFor();
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  await page.keyboard.press("z");
  await until("Z takes it back", async () => (await names(36)).length === 0);
});

test("S0-29 S0-30 S0-31 S0-32 S0-33 S0-34 levels save at once, and removing ends one share only and says what stays", async () => {
  const chidi = await idOf("support.two@acme.example");
  const mai = await idOf(billing);
  const groups = (await api.get("/groups")).body.items;
  const bill = groups.find((g: any) => g.name === "Billing").id;
  await rig.unshare(33);
  const ended = async () => ((await api.get("/tickets/33/events?limit=200")).body.items as { kind: string }[]).filter((e) => e.kind === "ticket.share.revoked").length;
  const before = await ended();
  const shared = await api.post("/tickets/33/shares", { targets: [{ kind: "agent", id: await idOf(hr) }, { kind: "agent", id: mai }, { kind: "group", id: bill }] });
  assert.equal(shared.status, 201, JSON.stringify([shared.body, chidi]));
  const page = await rig.page();
  await open(page, 33);
  await page.keyboard.press("s");
  const mine = row(page, "Daniel Reyes");
  // Both are there for a moment only.
  const said = Promise.all([mine.getByText("Saved").waitFor(), page.getByRole("status").getByText("Daniel Reyes can now view").waitFor()]);
  await mine.getByLabel("Level for Daniel Reyes").selectOption("view");
  await said;
  await page.getByRole("button", { name: "Undo" }).click();
  await until("undone", async () => (await sharesOf(33)).find((s) => s.target.name === "Daniel Reyes")?.level === "edit");

  await mine.getByRole("button", { name: "Details for Daniel Reyes" }).press("Enter");
  await mine.getByRole("checkbox", { name: "Internal notes" }).click();
  await until("no notes", async () => (await api.get("/tickets/33/shares")).body.items.some((s: any) => s.target.name === "Daniel Reyes" && !s.see_internal));
  await mine.getByLabel("End for Daniel Reyes").selectOption("7");
  await mine.getByText("Ends in 7 days").first().waitFor();

  // Inherited access is explained, and stays when the share of the person ends.
  await row(page, "Nguyễn Thị Mai").getByText("also: Shared with Billing").waitFor();
  const remove = dialog(page).getByRole("button", { name: "Remove Nguyễn Thị Mai: still sees it through Billing" });
  const plain = await remove.evaluate((e) => getComputedStyle(e).backgroundColor);
  await remove.focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  await until("the icon lights up", async () => (await remove.evaluate((e) => getComputedStyle(e).backgroundColor)) !== plain);
  await page.keyboard.press("Enter");
  await row(page, "Nguyễn Thị Mai").waitFor({ state: "detached" });
  await page.getByRole("status").getByText("Nguyễn Thị Mai removed: still sees it through Billing").waitFor();
  assert.deepEqual(await names(33), ["Billing", "Daniel Reyes"]);
  await dialog(page).getByRole("button", { name: "Remove Daniel Reyes: no access any more" }).click();
  await until("only the group is left", async () => (await names(33)).join() === "Billing");
  assert.equal((await ended()) - before, 2);
  const told = (await (await rig.api(hr)).get("/notifications")).body.items.map((n: any) => n.kind);
  assert.ok(told.includes("unshare"), `Daniel was told of the end: ${told}`);
  await until("and by mail", async () => (await rig.mails()).some((m) => m.to.includes(hr) && /stopped sharing ticket #33/.test(m.subject + m.text)));
  await dialog(page).getByRole("button", { name: /\d had access before/ }).click();
  await dialog(page).getByText("Removed by Ingrid Solheim").first().waitFor();
  await rig.axe(page, "after removing");

  await dialog(page).getByRole("button", { name: "Check access" }).click();
  await dialog(page).getByLabel("Whose access do you want to check?").fill("nguy");
  await page.getByRole("option", { name: /Nguyễn/ }).click();
  await dialog(page).getByText("Nguyễn Thị Mai: Can edit").waitFor();
  await dialog(page).getByText("Can edit: Shared with Billing; Shared by Ingrid Solheim").waitFor();
  await rig.axe(page, "access checked");
});

test("S0-15 the recipient beyond the cap is refused, and what was chosen stays", async () => {
  assert.equal((await api.patch("/settings", { "sharing.max_internal": 1, "sharing.require_reason": true })).status, 200);
  await rig.unshare(31);
  const page = await rig.page();
  try {
    await open(page, 31);
    await page.keyboard.press("s");
    await pick(page, "chid", "Chidi Eze");
    await pick(page, "hr", "HR");
    const send = dialog(page).getByRole("button", { name: /^Share with 2/ });
    assert.equal(await send.getAttribute("aria-disabled"), "true");
    await dialog(page).getByText("Please give a reason").waitFor();
    await dialog(page).getByLabel(/^Reason/).fill("Audit");
    await send.click();
    await dialog(page).getByRole("alert").getByText(/at most 1 agents and groups/).waitFor();
    assert.equal(await chips(page).count(), 2);
    assert.equal(await dialog(page).getByLabel(/^Reason/).inputValue(), "Audit");
    await rig.axe(page, "refused");
  } finally {
    await api.patch("/settings", { "sharing.max_internal": 25, "sharing.require_reason": false });
  }
});

test("without a connection, or when the server fails, the dialog keeps what was chosen", async () => {
  await rig.unshare(31);
  const page = await rig.page();
  await open(page, 31);
  await page.keyboard.press("s");
  await pick(page, "chid", "Chidi Eze");
  await dialog(page).getByLabel(/^Reason/).fill("Audit");
  for (const [failure, message] of [
    ["offline", /No connection/],
    ["500", /wrong on our side/],
  ] as const) {
    await page.route("**/api/v1/tickets/31/shares", (route) => {
      if (route.request().method() !== "POST") return route.continue();
      return failure === "offline" ? route.abort() : route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"title":"x","status":500,"code":"internal"}' });
    });
    await dialog(page).getByRole("button", { name: /^Share with 1/ }).click();
    await dialog(page).getByRole("alert").getByText(message).waitFor();
    assert.equal(await chips(page).count(), 1);
    assert.equal(await dialog(page).getByLabel(/^Reason/).inputValue(), "Audit");
    await page.unroute("**/api/v1/tickets/31/shares");
  }
  await dialog(page).getByRole("button", { name: /^Share with 1/ }).click();
  await row(page, "Chidi Eze").waitFor();
});

test("people outside need a line to be ticked, and never get notes", async () => {
  assert.equal((await api.patch("/settings", { "sharing.agents_may_share_with_requesters": true })).status, 200);
  await rig.unshare(31);
  const page = await rig.page();
  try {
    await open(page, 31);
    await page.keyboard.press("s");
    await pick(page, "karin", "Karin Lund");
    await dialog(page).getByText("Never sees internal notes").waitFor();
    assert.equal(await dialog(page).getByRole("checkbox", { name: "Internal notes" }).count(), 0);
    const send = dialog(page).getByRole("button", { name: /^Share with 1/ });
    assert.equal(await send.getAttribute("aria-disabled"), "true");
    await dialog(page).getByRole("checkbox", { name: /Karin Lund is outside/ }).check();
    await rig.axe(page, "outside");
    await send.click();
    await row(page, "Karin Lund").waitFor();
  } finally {
    await api.patch("/settings", { "sharing.agents_may_share_with_requesters": false });
  }
});

test("S0-43 S0-44 S0-45 a role without the permission has no button, no dialog, no key and no control; one with it has", async () => {
  const leila = await idOf(noShare);
  const roles: { id: number; name: string; permissions: string[] }[] = (await api.get("/roles")).body.items;
  const lacking = roles.filter((r) => !r.permissions.includes("tickets.share") && !r.permissions.includes("shares.manage"));
  const had = (await api.get(`/people/${leila}`)).body.roles as { id: number }[];
  assert.ok(lacking.length >= 1);
  const page = await rig.page({ as: noShare });
  const take = async (role: number) => assert.equal((await api.patch(`/people/${leila}`, { roles: [role] })).status, 200);
  try {
    for (const role of lacking) {
      await take(role.id);
      assert.equal((await (await rig.api(noShare)).post("/tickets/22/shares", { targets: [{ kind: "group", id: 2 }] })).status, 403, role.name);
      await page.goto("/tickets/22?share=1");
      // S1-24: with whom it is shared is not hidden.
      await page.getByRole("list", { name: "Shared with" }).getByText("Amara Okafor").waitFor();
      await page.keyboard.press("s");
      await page.keyboard.press("?"); // the key before it has had its turn when this one has
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
      assert.equal(await dialog(page).count(), 0, role.name);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      assert.equal(await shareButton(page).count(), 0, role.name);
      assert.equal(await page.getByRole("button", { name: /Share this ticket|^Remove |Who has access/ }).count(), 0, role.name);
      assert.equal(await page.getByRole("link", { name: /Access requests/ }).count(), 0, role.name);
    }
    await rig.axe(page, "a shared ticket without the right to share");

    // Whoever may not share still works on what was shared with them.
    await take(lacking.find((r) => r.permissions.includes("tickets.note") && r.permissions.includes("notes.read"))!.id);
    await rig.unshare(31);
    assert.equal((await api.post("/tickets/31/shares", { targets: [{ kind: "agent", id: leila }], level: "edit", see_internal: true })).status, 201);
    const note = once("Looked into by whoever it was shared with");
    await page.goto("/tickets/31?view=shared-with-me");
    await page.locator(".msg").first().waitFor();
    await page.keyboard.press("n");
    await page.locator(".composer-edit[contenteditable]:focus").waitFor();
    await page.keyboard.type(note);
    await page.keyboard.press("Control+Enter");
    await page.locator(".msg", { hasText: note }).waitFor();
    assert.equal(await shareButton(page).count(), 0);
    await take(roles.find((r) => r.permissions.includes("tickets.share") && r.permissions.includes("tickets.edit"))!.id);
    await page.reload();
    await shareButton(page).waitFor();
  } finally {
    await api.patch(`/people/${leila}`, { roles: had.map((r) => r.id ?? r) });
  }
});

test("whoever removes themselves is warned, and leaves the ticket", async () => {
  const amara = await idOf(accounts);
  await rig.unshare(29);
  const settings = await api.patch("/settings", { "sharing.recipients_can_reshare": true });
  assert.equal(settings.status, 200);
  assert.equal((await api.post("/tickets/29/shares", { targets: [{ kind: "agent", id: amara }], level: "edit", can_reshare: true })).status, 201);
  const page = await rig.page({ as: accounts });
  await open(page, 29);
  await page.keyboard.press("s");
  await row(page, "Amara Okafor").getByRole("button", { name: /^Remove Amara Okafor/ }).click();
  await dialog(page).getByRole("alert").getByText("You would lose access yourself").waitFor();
  await rig.axe(page, "leaving");
  await dialog(page).getByRole("button", { name: "Leave the ticket" }).click();
  await page.getByText("You left the ticket").waitFor();
  await dialog(page).waitFor({ state: "hidden" });
  assert.match(page.url(), /\/tickets\?view=shared-with-me$/);
  assert.deepEqual(await names(29), []);
  await api.patch("/settings", { "sharing.recipients_can_reshare": false });
});

test("S1-17 S1-24 S1-25 S1-26 the section Shared with shows, adds and removes", async () => {
  await rig.unshare(26, "Chidi Eze");
  const page = await rig.page();
  await open(page, 26);
  const section = page.getByRole("region", { name: "Shared with" });
  const had = await names(26);
  await section.getByText(had[0]!).waitFor();
  await section.getByRole("button", { name: "Share this ticket" }).click();
  await pick(page, "chid", "Chidi Eze");
  await page.keyboard.press("Control+Enter");
  await row(page, "Chidi Eze").waitFor();
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  await section.getByText("Chidi Eze").waitFor();
  await section.getByRole("button", { name: /^Remove Chidi Eze/ }).click();
  await section.getByText("Chidi Eze").waitFor({ state: "detached" });
  await until("he is removed", async () => (await names(26)).join() === had.join());
});

test("a view-only agent asks for more, and the owner approves; a hidden ticket is asked for like one that is not there", async () => {
  await rig.unshare(22, "Daniel Reyes");
  for (const asked of (await api.get("/tickets/22/access-requests")).body.items) {
    if (asked.state === "waiting") await api.post(`/access-requests/${asked.id}/decline`);
  }
  const agent = await idOf(hr);
  assert.equal((await api.post("/tickets/22/shares", { targets: [{ kind: "agent", id: agent }], level: "view", see_internal: false })).status, 201);
  const theirs = await rig.page({ as: hr });
  await theirs.goto("/tickets/22");
  await theirs.getByText("You can view this ticket.").waitFor();
  assert.equal(await shareButton(theirs).count(), 0);
  await theirs.getByRole("button", { name: "Ask for comment access" }).click();
  await theirs.getByLabel(/^Why/).fill("I know the customer");
  await rig.axe(theirs, "asking for more");
  await theirs.getByRole("button", { name: "Ask for access" }).click();
  await theirs.getByText("Request sent").waitFor();

  const mine = await rig.page({ as: billing });
  await until("the request waits", async () => (await (await rig.api(billing)).get("/access-requests/count")).body.count === 1);
  await mine.goto("/requests");
  await mine.getByText("I know the customer").waitFor();
  await mine.getByRole("link", { name: /Access requests/ }).getByText("1").waitFor();
  await rig.axe(mine, "a request waits");
  await mine.goto("/tickets/22?share=1");
  await dialog(mine).getByText("asks to comment").waitFor();
  await dialog(mine).getByRole("button", { name: "Approve Daniel Reyes" }).click();
  await until("the level is raised", async () => (await sharesOf(22)).find((s) => s.target.name === "Daniel Reyes")?.level === "comment");
  await mine.goto("/requests");
  await mine.getByRole("button", { name: "Approved", exact: true }).click();
  await mine.getByText(/Approved by Nguyễn Thị Mai/).first().waitFor();
  await theirs.getByRole("button", { name: "Ask for edit access" }).or(theirs.getByText("You can comment on this ticket.")).first().waitFor();

  const said: string[] = [];
  for (const number of [28, 987_654]) {
    await theirs.goto(`/tickets/${number}`);
    await theirs.getByRole("button", { name: "Ask for access" }).waitFor();
    const first = await theirs.locator("main").innerText();
    await rig.axe(theirs, "refused");
    await theirs.getByRole("button", { name: "Ask for access" }).click();
    await theirs.getByText("Your request is on its way").waitFor();
    said.push((first + (await theirs.locator("main").innerText())).replaceAll(String(number), "N"));
  }
  assert.equal(said[0], said[1], "the page does not tell whether the ticket exists");
});

test("all shares are found by filters in the address, and those that match are revoked by number", async () => {
  await rig.unshareAll("Chidi Eze");
  const chidi = await idOf("support.two@acme.example");
  for (const number of [12, 13, 14]) {
    assert.equal((await api.post(`/tickets/${number}/shares`, { targets: [{ kind: "agent", id: chidi }] })).status, 201);
  }
  const matching = (await api.get("/shares?state=live&q=Chidi")).body.items.length as number;
  const page = await rig.page();
  await page.goto("/admin/shares");
  await page.getByRole("row").nth(1).waitFor();
  await rig.axe(page, "all shares");
  await page.getByLabel("Recipient's name").fill("Chidi");
  await page.keyboard.press("Enter");
  await until("only his", async () => (await page.locator("tbody tr").count()) === matching);
  assert.match(page.url(), /q=Chidi/);
  await page.reload();
  await until("the address holds the filter", async () => (await page.locator("tbody tr").count()) === matching);

  await page.getByRole("checkbox", { name: "Select the share with Chidi Eze" }).first().check();
  await page.getByRole("button", { name: "Revoke 1" }).click();
  await page.getByRole("dialog", { name: "Revoke 1 share?" }).waitFor();
  await rig.axe(page, "revoke one");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await page.getByRole("button", { name: "Revoke all that match…" }).click();
  const asked = page.getByRole("dialog", { name: `Revoke ${matching} shares?` });
  await asked.waitFor();
  const act = asked.getByRole("button", { name: `Revoke all ${matching} shares` });
  assert.equal(await act.getAttribute("aria-disabled"), "true");
  await asked.getByRole("checkbox").check();
  await act.click();
  await page.getByText(`${matching} shares ended`).waitFor();
  await rig.axe(page, "revoked");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("No share matches").waitFor();
  assert.equal((await api.get("/shares?state=live&q=Chidi")).body.items.length, 0);
});
