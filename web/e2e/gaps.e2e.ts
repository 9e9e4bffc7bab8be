import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Api, type Rig, accounts, noShare, owner, password, startRig, until } from "./rig.ts";

// What agents do beside the ticket itself: what they have read, where they are signed in, mentions, a new ticket that is half written.

let rig: Rig;
let api: Api;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
});
afterAll(() => rig.close());

const inbox = async () => (await api.get("/inboxes")).body.items.find((b: any) => b.name === "Accounts" || b.address.startsWith("accounts@")).id as number;

async function file(subject: string): Promise<number> {
  const made = await api.post("/tickets", { inbox_id: await inbox(), subject, text: "Hello", requester_address: "staff.one@acme.example" });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.number as number;
}

test("a ticket is unread until it is opened, and again when it is marked so", async () => {
  const number = await file("Parcel is unread");
  const page = await rig.page({ as: accounts });
  await page.goto("/tickets?view=all");
  const row = page.locator(`.row[data-number="${number}"]`);
  await row.waitFor();
  assert.equal(await row.getAttribute("data-unread"), "true");
  assert.match((await row.getByRole("link").getAttribute("aria-label")) ?? (await row.getByRole("link").innerText()), /Unread/);
  await rig.axe(page, "a list with unread tickets");
  await row.getByRole("link").click();
  await until("the row is read", async () => (await row.getAttribute("data-unread")) === null);
  const mine = await rig.api(accounts);
  const unread = async () => (await mine.get("/tickets?view=all&limit=200")).body.items.find((x: any) => x.number === number).unread as boolean;
  await until("the server knows", async () => !(await unread()));
  await page.locator(".msg").first().waitFor();
  await page.keyboard.press("Shift+U");
  await page.getByText(`Ticket #${number} is marked as unread.`).waitFor();
  await until("the row is unread", async () => (await row.getAttribute("data-unread")) === "true");
  assert.equal(await unread(), true);
  await page.reload();
  await row.waitFor();
  assert.equal(await row.getAttribute("data-unread"), "true", "after a reload");
});

test("the start page tells what is unread", async () => {
  const number = await file("Parcel on the start page");
  const mine = (await (await rig.api(accounts)).get("/me")).body.person.id as number;
  assert.equal((await api.patch(`/tickets/${number}`, { assignee_id: mine })).status, 200);
  const page = await rig.page({ as: accounts });
  await page.goto("/");
  const line = page.getByRole("tabpanel").getByRole("link", { name: /Parcel on the start page/ });
  await line.waitFor();
  assert.match(await line.innerText(), /Unread/);
  await rig.looks(page, "a start page with something unread");
  await line.click();
  await page.locator(".msg").first().waitFor();
  await page.getByRole("link", { name: "Home" }).first().click();
  await until("it is read", async () => !/Unread/.test(await line.innerText()));
});

test("own sessions are listed and ended", async () => {
  // A sign-in of its own: the pages here share one.
  const signedIn = await fetch(`${rig.url}/api/v1/sessions`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ address: noShare, password }) });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const elsewhere = async () => (await fetch(`${rig.url}/api/v1/me`, { headers: { cookie } })).status;
  assert.equal(await elsewhere(), 200);
  for (const [width, dark] of [[1440, false], [390, true]] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one size after the other
    const page = await rig.page({ as: noShare, width, dark });
    // oxlint-disable-next-line no-await-in-loop
    await page.goto("/me");
    const list = page.getByRole("list", { name: "Where you are signed in" });
    // oxlint-disable-next-line no-await-in-loop
    await list.getByText("This one").waitFor();
    // oxlint-disable-next-line no-await-in-loop
    await rig.axe(page, `sessions at ${width}`);
    // oxlint-disable-next-line no-await-in-loop
    await rig.fits(page, `sessions at ${width}`);
  }
  const page = await rig.page({ as: noShare });
  await page.goto("/me");
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await page.getByText("You are signed in nowhere else.").waitFor();
  assert.equal(await elsewhere(), 401);
});

/** The editor of the composer, open for a note. */
async function note(page: Page) {
  await page.locator(".msg").first().waitFor();
  await page.keyboard.press("n");
  const editor = page.locator(".composer-edit[role=textbox]");
  await editor.waitFor();
  await editor.click();
  return editor;
}

test("somebody without the right to share finds whom to mention, and is offered no share", async () => {
  const number = await file("Parcel is mentioned");
  const id = async (q: string) => (await api.get(`/people?kind=agent&q=${encodeURIComponent(q)}`)).body.items[0].id as number;
  assert.equal((await api.post(`/tickets/${number}/shares`, { targets: [{ kind: "agent", id: await id(noShare) }], level: "edit", see_internal: true })).status, 201);
  const page = await rig.page({ as: noShare });
  await page.goto(`/tickets/${number}`);
  await note(page);
  const name = (await api.get(`/people/${await id("hr.agent@acme.example")}`)).body.name as string;
  await page.keyboard.type(`@${name.slice(0, 4)}`, { delay: 40 });
  const option = page.getByRole("option", { name: new RegExp(name) });
  await option.waitFor();
  assert.match(await option.innerText(), /no access/);
  await rig.axe(page, "mention picker");
  await page.keyboard.press("Enter");
  await page.getByText(`${name} cannot open this ticket and will not be told.`).waitFor();
  assert.equal(await page.getByRole("button", { name: /^Share with/ }).count(), 0);
});

test("a ticket that is half written survives a reload and another browser, and is forgotten when it is filed", async () => {
  const first = await rig.page({ as: accounts });
  await first.goto("/tickets/new");
  await first.getByRole("textbox", { name: "Subject" }).fill("Half a parcel");
  const mine = await rig.api(accounts);
  await until("the server has it", async () => (await mine.get("/drafts/new")).body?.subject === "Half a parcel");
  await first.reload();
  await first.getByRole("textbox", { name: "Subject" }).waitFor();
  assert.equal(await first.getByRole("textbox", { name: "Subject" }).inputValue(), "Half a parcel");
  const second = await rig.page({ as: accounts, width: 390, height: 844 });
  await second.goto("/tickets/new");
  const subject = second.getByRole("textbox", { name: "Subject" });
  await subject.waitFor();
  assert.equal(await subject.inputValue(), "Half a parcel", "in another browser");
  await rig.axe(second, "a new ticket taken up");
  await rig.fits(second, "a new ticket taken up");
  await first.getByRole("button", { name: "Cancel" }).click();
  await until("the server forgot it", async () => (await mine.get("/drafts/new")).status === 204);
});

test("the requesters of a company are added and removed", async () => {
  const company = (await api.post("/companies", { name: "Parcel Company" })).body;
  const staff = (await api.get("/people?kind=requester&q=staff.one")).body.items[0];
  for (const [width, dark] of [[1440, true], [390, false]] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one size after the other
    const page = await rig.page({ width, dark });
    // oxlint-disable-next-line no-await-in-loop
    await companyPeople(page, company.name, staff, width);
  }
  assert.equal((await api.get(`/people/${staff.id}`)).body.company_id, staff.company_id);
});

async function companyPeople(page: Page, company: string, staff: { id: number; name: string; address: string; company_id: number | null }, width: number) {
  await page.goto("/admin/companies");
  await page.getByRole("button", { name: `More actions for ${company}` }).click();
  await page.getByRole("menuitem", { name: "People" }).click();
  const dialog = page.getByRole("dialog", { name: `People of ${company}` });
  await dialog.getByText("Nobody belongs here yet").waitFor();
  await dialog.getByRole("searchbox", { name: "Add a requester" }).fill(staff.address);
  await dialog.getByRole("button", { name: `Add ${staff.name}` }).click();
  await dialog.getByRole("button", { name: `Remove ${staff.name}` }).waitFor();
  await rig.axe(page, `people of a company at ${width}`);
  await rig.fits(page, `people of a company at ${width}`);
  await dialog.getByRole("button", { name: `Remove ${staff.name}` }).click();
  await dialog.getByText("Nobody belongs here yet").waitFor();
  await api.patch(`/people/${staff.id}`, { company_id: staff.company_id });
}
