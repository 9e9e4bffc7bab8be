import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, accounts, drawn, hr, owner, startRig, until } from "./rig.ts";

let rig: Rig;
let box: number;
let hrId: number;

beforeAll(async () => {
  rig = await startRig();
  const api = await rig.api();
  box = (await api.get("/inboxes")).body.items.find((b: { name: string }) => b.name === "Accounts").id;
  hrId = (await api.get("/people?kind=agent&q=hr.agent")).body.items[0].id;
});
afterAll(() => rig.close());

/** A ticket of a stranger in the inbox of the accounts. */
async function filed(subject: string, more: object = {}): Promise<number> {
  const api = await rig.api();
  const made = await api.post("/tickets", { inbox_id: box, subject, text: "Hello, could you look at this?", requester_address: "mei@customer.example", requester_name: "Mei Tanaka", ...more });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.number;
}

const text = (page: Page) => page.locator(".composer-edit[contenteditable]");
const opened = (page: Page, subject: string) => page.getByRole("heading", { level: 1, name: subject }).waitFor();
/** Begins to write by a key, and waits until the field has the focus. */
async function write(page: Page, key: "r" | "n") {
  await page.locator(".msg").first().waitFor();
  await page.keyboard.press(key);
  await page.locator(".composer-edit[contenteditable]:focus").waitFor();
}
const sendButton = (page: Page) => page.locator(".composer-bar .split button").first();

test("S1-22 a shared ticket shows its conversation and its details", async () => {
  const n = await filed("Shared conversation");
  const api = await rig.api();
  await api.post(`/tickets/${n}/shares`, { targets: [{ kind: "agent", id: hrId }], level: "comment", see_internal: true, notify: false });
  const page = await rig.page({ as: hr });
  await page.goto(`/tickets/${n}?view=shared-with-me`);
  await opened(page, "Shared conversation");
  await page.getByText("Hello, could you look at this?").waitFor();
  const details = page.getByRole("complementary", { name: "Details" });
  await details.getByText("mei@customer.example").waitFor();
  // Who may only comment is offered no control that would be refused.
  assert.equal(await page.getByRole("combobox", { name: "Priority" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Solve" }).count(), 0);
});

test("S1-24 the conversation of a ticket says whom it is shared with, how, by whom and when, in lines of their own", async () => {
  const n = await filed("Whom is it shared with");
  const api = await rig.api();
  await api.post(`/tickets/${n}/shares`, { targets: [{ kind: "agent", id: hrId }], level: "view", reason: "Payroll has to see it", notify: false });
  const line = (await api.get(`/tickets/${n}/events?limit=100`)).body.items.find((e: { kind: string }) => e.kind === "ticket.share.created");
  const page = await rig.page({ as: accounts });
  await page.goto(`/tickets/${n}#event-${line.id}`);
  const shown = page.locator(`#event-${line.id}`);
  await shown.getByText(/Ingrid Solheim shared with Daniel Reyes, can view: “Payroll has to see it”/).waitFor();
  assert.equal(await shown.getAttribute("data-target"), "");
  await page.getByRole("button", { name: "Sharing", exact: true }).click();
  await page.locator(".msg").first().waitFor({ state: "detached" });
  await shown.waitFor();
});

test("a share is undone from its line", async () => {
  const n = await filed("Undo from the line");
  const api = await rig.api();
  await api.post(`/tickets/${n}/shares`, { targets: [{ kind: "agent", id: hrId }], level: "view", notify: false });
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  await opened(page, "Undo from the line");
  await page.locator(".event", { hasText: "shared with Daniel Reyes" }).getByRole("button", { name: "Undo" }).click();
  const ended = page.locator(".event", { hasText: "stopped sharing with Daniel Reyes" });
  await ended.waitFor();
  assert.equal((await api.get(`/tickets/${n}/shares`)).body.items.length, 0);
  await ended.getByRole("button", { name: "Undo" }).click();
  await page.locator(".event", { hasText: "shared with Daniel Reyes" }).nth(1).waitFor();
  assert.equal((await api.get(`/tickets/${n}/shares`)).body.items[0].level, "view");
});

test("a reply says who reads it, is sent by keyboard, and can solve the ticket", async () => {
  const n = await filed("Reply by keyboard");
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  await opened(page, "Reply by keyboard");
  await page.getByText(/Read by Mei/).waitFor();
  await write(page, "r");
  await page.keyboard.type("The pack leaves today.");
  await page.getByRole("button", { name: /^Reply to Mei/ }).waitFor();
  await page.getByRole("combobox", { name: "Status after sending" }).selectOption("solved");
  await text(page).press("Control+Enter");
  await page.locator(".msg", { hasText: "The pack leaves today." }).waitFor();
  await page.locator(".event", { hasText: "solved the ticket" }).waitFor();
  await until("the field is empty", async () => !(await text(page).textContent()));
  const api = await rig.api();
  assert.equal((await api.get(`/tickets/${n}`)).body.status, "solved");
  assert.equal((await api.get(`/tickets/${n}/draft?kind=reply`)).status, 204);
});

test("a note stays a note: each kind has a text of its own", async () => {
  const n = await filed("Kinds apart");
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  await opened(page, "Kinds apart");
  await write(page, "n");
  await page.keyboard.type("Only for us");
  await page.locator(".composer").getByRole("button", { name: "Reply", exact: true }).click();
  await page.locator('.composer[data-kind="reply"]').waitFor();
  await until("the reply is empty", async () => !((await text(page).textContent()) ?? "").includes("Only for us"));
  await page.locator(".composer").getByRole("button", { name: "Note", exact: true }).click();
  await text(page).getByText("Only for us").waitFor();
  await sendButton(page).click();
  await page.locator('.msg[data-kind="note"]', { hasText: "Only for us" }).waitFor();
});

test("of two agents who answer at once the second is stopped and shown the first's message", async () => {
  const n = await filed("Two at once");
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  await opened(page, "Two at once");
  await write(page, "r");
  await page.keyboard.type("Mine");
  const other = await rig.api(accounts);
  assert.equal((await other.post(`/tickets/${n}/messages`, { kind: "reply", text: "Already answered by me" })).status, 201);
  await text(page).press("Control+Enter");
  const ask = page.getByRole("alertdialog");
  await ask.getByText("Already answered by me").waitFor();
  await rig.axe(page, "collision");
  await ask.getByRole("button", { name: "Edit mine" }).click();
  await text(page).getByText("Mine").waitFor();
  await text(page).press("Control+Enter");
  await page.locator(".msg", { hasText: "Mine" }).waitFor();
});

test("who looks and who writes is seen, and who leaves fades", async () => {
  const n = await filed("Who is here");
  const one = await rig.page();
  const two = await rig.page({ as: accounts });
  await one.goto(`/tickets/${n}`);
  await opened(one, "Who is here");
  await two.goto(`/tickets/${n}`);
  await opened(two, "Who is here");
  await one.getByText("Amara is looking").waitFor();
  await write(two, "r");
  await two.keyboard.type("I am on it");
  await one.getByText("Amara is replying").waitFor();
  await two.goto("/");
  await one.locator(".presence .avatar[data-away]").waitFor();
});

test("what is pasted from Word and from a mail program is plain, and a draft survives a reload", async () => {
  const n = await filed("Pasted");
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  await opened(page, "Pasted");
  await write(page, "r");
  const paste = (html: string) =>
    text(page).evaluate((e, html) => {
      const data = new DataTransfer();
      data.setData("text/html", html);
      e.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, html);
  await paste(
    `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{color:red}</style></head><body><!--StartFragment--><p class=MsoNormal style='margin:0'>Two <b>things</b><o:p></o:p></p><p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;</span></span>First</p><p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;</span></span>Second</p><script>alert(1)</script><!--EndFragment--></body></html>`,
  );
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await paste(`<div dir="ltr" style="font-family:arial"><div>Line of <span style="font-weight:bold;color:red">Gmail</span></div><div><br></div><div><a href="javascript:alert(1)">bad</a> <a href="https://deskmesh.example/a" class="x">good</a></div></div>`);
  await page.getByText("Draft saved").waitFor();
  const kept = (await (await rig.api()).get(`/tickets/${n}/draft?kind=reply`)).body.html as string;
  assert.match(kept, /<strong>things<\/strong>/);
  assert.match(kept, /<ul>\s*<li><p>First<\/p><\/li>\s*<li><p>Second/);
  assert.match(kept, /<strong>Gmail<\/strong>/);
  assert.match(kept, /href="https:\/\/deskmesh\.example\/a"/);
  assert.doesNotMatch(kept, /class=|style=|script|mso|javascript|<o:p/);
  await page.reload();
  await text(page).getByText("Second").waitFor();
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await text(page).getByText("Second").waitFor();
});

test("a mail's HTML is drawn by a list: no style, class, script or foreign picture, and its quotation is folded", async () => {
  const n = await filed("HTML", {
    text: undefined,
    html: `<h1 style="color:red">Big</h1><p class="btn">Look <b>here</b> <a href="https://deskmesh.example/">there</a></p><table><tr><td style="background-color:#fff">cell</td></tr></table><img src="https://elsewhere.example/pixel.png"><script>alert(1)</script><blockquote><p>What was written before</p></blockquote>`,
  });
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  const shown = page.locator(".msg-text");
  await shown.getByText("cell").waitFor();
  const html = await shown.innerHTML();
  assert.doesNotMatch(html, /style=|script|<h1|class="btn"|<img/);
  assert.equal(await shown.getByRole("link", { name: "there" }).getAttribute("rel"), "noopener noreferrer nofollow");
  assert.equal(await shown.getByText("What was written before").isVisible(), false);
  await shown.getByText("Show quoted text").click();
  await shown.getByText("What was written before").waitFor();
});

test("the history is filtered and taken along as a CSV", async () => {
  const n = await filed("=History");
  const api = await rig.api();
  await api.patch(`/tickets/${n}`, { priority: "urgent" });
  await api.post(`/tickets/${n}/shares`, { targets: [{ kind: "agent", id: hrId }], level: "edit", reason: "=HYPERLINK(1)", notify: false });
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  await opened(page, "=History");
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "History" }).click();
  const dialog = page.getByRole("dialog", { name: "History" });
  await dialog.getByText(/changed Priority from Normal to Urgent/).waitFor();
  await rig.axe(page, "history");
  await dialog.getByRole("button", { name: "Sharing" }).click();
  assert.equal(await dialog.getByText(/Priority/).count(), 0);
  await dialog.getByRole("button", { name: "All" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "Export as CSV" }).click()]);
  const csv = readFileSync(await download.path(), "utf8");
  assert.match(csv, /"priority","normal","urgent"/);
  assert.match(csv, /"Daniel Reyes","edit"/);
  assert.doesNotMatch(csv, /(^|,)"[=+@-]/m);
});

test("access that ends while the ticket is open turns the page without a reload", async () => {
  const n = await filed("Soon gone");
  const api = await rig.api();
  await api.post(`/tickets/${n}/shares`, { targets: [{ kind: "agent", id: hrId }], level: "view", notify: false });
  const share = (await api.get(`/tickets/${n}/shares`)).body.items[0].id;
  const page = await rig.page({ as: hr });
  await page.goto(`/tickets/${n}`);
  await opened(page, "Soon gone");
  await page.getByText("could you look at this").waitFor();
  await api.delete(`/tickets/${n}/shares/${share}`);
  await page.getByRole("heading", { level: 1, name: "Soon gone" }).waitFor({ state: "detached" });
  assert.equal(await page.getByText("could you look at this").count(), 0);
  assert.equal(new URL(page.url()).pathname, `/tickets/${n}`);
});

test("a share that runs out while the ticket is open turns the page without a reload", async () => {
  const n = await filed("Runs out");
  const api = await rig.api();
  await api.post(`/tickets/${n}/shares`, { targets: [{ kind: "agent", id: hrId }], level: "view", notify: false });
  const share = (await api.get(`/tickets/${n}/shares`)).body.items[0].id;
  const page = await rig.page({ as: hr });
  await page.goto(`/tickets/${n}?view=shared-with-me`);
  await opened(page, "Runs out");
  await page.getByText("could you look at this").waitFor();
  const answer = await api.patch(`/tickets/${n}/shares/${share}`, { expires_at: new Date(Date.now() + 8000).toISOString() });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  // Streams look for what ran out every 30 seconds.
  await page.getByRole("heading", { level: 1, name: "Runs out" }).waitFor({ state: "detached", timeout: 150_000 });
  await page.getByRole("button", { name: "Ask for access" }).waitFor();
  assert.equal(await page.getByText("could you look at this").count(), 0);
  assert.equal(new URL(page.url()).pathname, `/tickets/${n}`);
  await page.locator(`.row[data-number="${n}"]`).waitFor({ state: "detached" });
  await rig.axe(page, "access ran out");
});

test("while a slow server takes a reply, a second press sends nothing more, and what is written next stays", async () => {
  const n = await filed("Slow server");
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  await opened(page, "Slow server");
  await write(page, "r");
  await page.keyboard.type("Sent once");
  let let_go = () => {};
  const gate = new Promise<void>((done) => (let_go = done));
  let asked = 0;
  await page.route("**/messages", async (r) => {
    if (r.request().method() === "POST") {
      asked++;
      await gate;
    }
    await r.continue();
  });
  await text(page).press("Control+Enter");
  await until("it is on its way", () => asked === 1);
  await text(page).press("Control+Enter");
  await sendButton(page).click({ force: true });
  await text(page).getByText("Sent once").waitFor();
  await drawn(page);
  let_go();
  await page.locator(".msg", { hasText: "Sent once" }).waitFor();
  const all = (await (await rig.api()).get(`/tickets/${n}/messages`)).body.items.filter((m: { text: string }) => m.text.includes("Sent once"));
  assert.equal(all.length, 1);
});

test("a ticket is worked on with single keys alone", async () => {
  const n = await filed("Keys alone");
  const api = await rig.api();
  const page = await rig.page();
  await page.goto(`/tickets?view=all&q=${encodeURIComponent("Keys alone")}`);
  await page.locator(`.row[data-number="${n}"]`).waitFor();
  const now = async (check: (ticket: any) => boolean) => until("the key did its work", async () => check((await api.get(`/tickets/${n}`)).body));
  await page.keyboard.press("j");
  await page.keyboard.press("o");
  await opened(page, "Keys alone");
  await page.locator(".msg").first().waitFor();
  await page.keyboard.press("i");
  await now((x) => x.assignee?.name === "Ingrid Solheim");
  await page.getByRole("combobox", { name: "Priority" }).waitFor(); // T and A are keys of the properties
  await page.keyboard.press("t");
  await page.keyboard.type("keyed");
  await page.keyboard.press("Enter");
  await now((x) => x.tags.includes("keyed"));
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { level: 1, name: "Keys alone" }).focus();
  await page.keyboard.press("a");
  const assignee = page.getByPlaceholder("Search");
  await assignee.waitFor();
  await page.keyboard.type("Amara");
  await page.getByRole("option", { name: /Amara/ }).waitFor();
  await page.keyboard.press("Enter");
  await now((x) => x.assignee?.name === "Amara Okafor");
  await page.keyboard.press("n");
  await page.locator('.composer[data-kind="note"] .composer-edit[contenteditable]:focus').waitFor();
  await page.keyboard.type("Noted by key");
  await page.keyboard.press("Control+Enter");
  await page.locator(".msg", { hasText: "Noted by key" }).waitFor();
  await page.getByRole("heading", { level: 1, name: "Keys alone" }).focus();
  await page.keyboard.press("e");
  await now((x) => x.status === "solved");
  await page.getByText(`Ticket #${n} is solved`).first().waitFor(); // it can be undone from now on
  await page.keyboard.press("z");
  await now((x) => x.status !== "solved");
  await page.keyboard.press("u");
  await page.waitForURL(/\/tickets\?/);
  await page.keyboard.press("x");
  await page.getByText("1 selected").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("1 selected").waitFor({ state: "detached" });
  for (const [place, address] of [["h", /\/$/], ["m", /view=mine/], ["i", /\/tickets/], ["n", /\/notifications/]] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(place);
    await page.waitForURL(address);
  }
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: "Search or jump to" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Search or jump to" }).waitFor({ state: "detached" });
  await page.keyboard.press("c");
  await page.waitForURL(/\/tickets\/new/);
});

test("without a connection, and when the server fails, what was typed stays and goes later", async () => {
  const n = await filed("No connection");
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  await opened(page, "No connection");
  await write(page, "r");
  await page.keyboard.type("Written in a tunnel");
  await page.context().setOffline(true);
  await text(page).press("Control+Enter");
  await page.getByText(/Not sent: there is no connection/).waitFor();
  await text(page).getByText("Written in a tunnel").waitFor();
  await page.context().setOffline(false);
  await page.route("**/messages", (r) => (r.request().method() === "POST" ? r.fulfill({ status: 500, contentType: "application/problem+json", body: "{}" }) : r.continue()));
  await text(page).press("Control+Enter");
  await page.getByText(/Something went wrong on our side/).waitFor();
  await text(page).getByText("Written in a tunnel").waitFor();
  await page.unroute("**/messages");
  await text(page).press("Control+Enter");
  await page.locator(".msg", { hasText: "Written in a tunnel" }).waitFor();
  const all = (await (await rig.api()).get(`/tickets/${n}/messages`)).body.items.filter((m: { text: string }) => m.text.includes("tunnel"));
  assert.equal(all.length, 1);
});

test("two people set the same field: the second is asked, another field is merged", async () => {
  const n = await filed("Same field");
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  await opened(page, "Same field");
  const priority = page.getByRole("combobox", { name: "Priority" });
  await priority.waitFor();
  // The page must not hear of the other's change before it sends its own.
  await page.route("**/live", (r) => r.abort());
  await page.route(`**/api/v1/tickets/${n}`, async (r) => {
    if (r.request().method() === "PATCH") {
      await page.unroute(`**/api/v1/tickets/${n}`);
      await (await rig.api(accounts)).patch(`/tickets/${n}`, { priority: "high" });
    }
    await r.continue();
  });
  await priority.selectOption("low");
  await page.getByText("Priority was changed to High meanwhile.").waitFor();
  await rig.axe(page, "conflict");
  await page.getByRole("button", { name: "Use Low" }).click();
  await page.getByText("meanwhile").waitFor({ state: "detached" });
  const api = await rig.api();
  await until("it is low", async () => (await api.get(`/tickets/${n}`)).body.priority === "low");
});

test("who is mentioned without access is offered a share in the composer", async () => {
  const n = await filed("Mention");
  const page = await rig.page({ as: accounts });
  await page.goto(`/tickets/${n}`);
  await opened(page, "Mention");
  await write(page, "n");
  await page.keyboard.type("Please look, @Daniel");
  await page.getByRole("option", { name: /Daniel Reyes/ }).waitFor();
  await rig.axe(page, "mention list");
  await page.keyboard.press("Enter");
  await page.getByText("Daniel Reyes cannot open this ticket.").waitFor();
  await page.getByRole("button", { name: "Share with Daniel Reyes, can comment" }).click();
  await page.getByText("Daniel Reyes cannot open this ticket.").waitFor({ state: "detached" });
  await text(page).press("Control+Enter");
  await page.locator('.msg[data-kind="note"]', { hasText: "@Daniel Reyes" }).waitFor();
  const notices = (await (await rig.api(hr)).get("/notifications")).body.items;
  assert.ok(notices.some((x: { kind: string; ticket?: { number: number } }) => /mention/.test(JSON.stringify(x))), "Daniel is told");
});

test("a snippet is filled in, and a file is attached", async () => {
  const n = await filed("Snippet and file");
  const page = await rig.page();
  await page.goto(`/tickets/${n}`);
  await opened(page, "Snippet and file");
  await write(page, "r");
  await page.keyboard.type("/order");
  await page.getByRole("option", { name: /Ask for the order number/ }).waitFor();
  await page.keyboard.press("Enter");
  await text(page).getByText("Hello Mei,").waitFor();
  await page.locator('.composer input[type="file"]').setInputFiles({ name: "log.txt", mimeType: "text/plain", buffer: Buffer.from("one line") });
  await page.locator(".composer-files").getByText("log.txt").waitFor();
  await page.locator('.composer input[type="file"]').setInputFiles({ name: "bad.exe", mimeType: "application/octet-stream", buffer: Buffer.from("x") });
  await page.getByText("Files like bad.exe are not allowed here").waitFor();
  await sendButton(page).click();
  await page.locator(".msg .file", { hasText: "log.txt" }).waitFor();
});

test("a merge names who would read more before it happens", async () => {
  const into = await filed("Goal of the merge");
  const from = await filed("Second mail of Mei");
  const api = await rig.api();
  await api.post(`/tickets/${into}/shares`, { targets: [{ kind: "agent", id: hrId }], level: "view", see_internal: true, notify: false });
  const page = await rig.page();
  await page.goto(`/tickets/${from}`);
  await opened(page, "Second mail of Mei");
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Merge into another ticket" }).click();
  const dialog = page.getByRole("dialog", { name: "Merge tickets" });
  await dialog.getByLabel("Into ticket").fill(String(into));
  await dialog.getByText("Goal of the merge").waitFor();
  await dialog.getByRole("button", { name: "Merge", exact: true }).click();
  await dialog.getByText(/Daniel Reyes/).waitFor();
  await rig.axe(page, "merge with a gain");
  assert.equal((await api.get(`/tickets/${from}`)).body.merged, false);
  await dialog.getByRole("button", { name: /let 1 person read more/ }).click();
  await opened(page, "Goal of the merge");
  assert.equal((await api.get(`/tickets/${from}`)).body.merged_into, into);
});

test("a new ticket is filed for somebody new, and what was typed survives a reload", async () => {
  const page = await rig.page();
  await page.goto("/tickets/new");
  await page.getByLabel("Subject").fill("Filed by hand");
  await page.reload();
  await until("the subject stands there again", async () => (await page.getByLabel("Subject").inputValue()) === "Filed by hand");
  await page.getByRole("combobox", { name: /Requester/ }).or(page.getByRole("button", { name: /Requester/ })).first().click();
  await page.getByPlaceholder("Search").fill("new.person@customer.example");
  await page.getByRole("option", { name: /new person/ }).click();
  await text(page).click();
  await page.keyboard.type("They called about a battery.");
  await rig.axe(page, "new ticket");
  await page.getByRole("button", { name: "Create ticket" }).click();
  await opened(page, "Filed by hand");
  await page.locator(".msg", { hasText: "They called about a battery." }).waitFor();
});

test("on a phone the details and the composer open over the ticket, without a finding of axe, and fit", async () => {
  const api = await rig.api();
  const n = (await api.get("/tickets?view=all&q=Payslip")).body.items[0].number;
  const page = await rig.page({ as: owner, width: 390, height: 844 });
  await page.goto(`/tickets/${n}?details=1`);
  const details = page.getByRole("complementary", { name: "Details" });
  await details.getByRole("button", { name: "Hide details" }).click();
  await details.waitFor({ state: "detached" });
  await page.locator(".composer-peek").click();
  await text(page).waitFor();
  await rig.looks(page, "composer");
});
