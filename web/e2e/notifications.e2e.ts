import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Api, type Rig, accounts, owner, startRig, until } from "./rig.ts";

// What people choose to hear: by which channel and when, what the account locks, one ticket muted, and where a group's mail goes.

let rig: Rig;
let api: Api;
let mine: Api;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
  mine = await rig.api(accounts);
});
afterAll(() => rig.close());

const settings = async (of: Api) => (await of.get("/me/notice-settings")).body;
const rowOf = async (of: Api, kind: string) => (await settings(of)).rows.find((r: { kind: string }) => r.kind === kind);
const shared = "A ticket is shared with me or my group";

/** see looks at the state at both widths, in light and dark. */
async function see(path: string, state: string, as: string, steps: (page: Page) => Promise<unknown>) {
  for (const width of [1440, 390]) {
    const page = await rig.page({ as, width });
    await page.goto(path);
    await steps(page);
    await rig.looks(page, state);
    await page.close();
  }
}

test("the grid is set by the keyboard, and what is locked says so", async () => {
  await api.patch("/settings/notice-matrix", { rows: [{ kind: "share", mail: { on: true, locked: false }, in_app: { on: true, locked: false } }] });
  await mine.patch("/me/notice-settings", { rows: [{ kind: "share", mail: true, in_app: true }], digest: "instant", quiet_hours: { on: false } });
  const page = await rig.page({ as: accounts });
  await page.goto("/me");
  const mail = page.getByRole("switch", { name: `${shared}: by mail` });
  await mail.focus();
  await page.keyboard.press("Space");
  await until("mail about shares is off", async () => !(await rowOf(mine, "share")).mail.on);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), `${shared}: in the list`);
  assert.equal((await rowOf(mine, "share")).in_app.on, true);
  await page.keyboard.press("Space");
  await until("the list is off too", async () => !(await rowOf(mine, "share")).in_app.on);

  const admin = await rig.page({ as: owner });
  await admin.goto("/admin/notices");
  await admin.getByLabel("A ticket is shared with somebody or their group: by mail").selectOption("always");
  await until("it is locked", async () => (await rowOf(mine, "share")).mail.locked);
  await page.reload();
  const line = page.getByRole("row", { name: new RegExp(shared) });
  await line.getByText("Always").waitFor();
  await page.getByText("What has a lock is decided by your administrators, for everybody.").waitFor();
  assert.equal(await mail.count(), 0, "a control that would be refused is not offered");
  assert.equal(await line.getByRole("switch").count(), 1);
  await see("/me", "own notices, one locked", accounts, (p) => p.getByText("What has a lock").waitFor());
  await see("/admin/notices", "the account's notices", owner, (p) => p.getByRole("row", { name: /A share runs out/ }).waitFor());
  await api.patch("/settings/notice-matrix", { rows: [{ kind: "share", mail: { on: true, locked: false } }] });
});

test("how often mail comes, and quiet hours", async () => {
  await mine.patch("/me/notice-settings", { digest: "instant", quiet_hours: { on: false, from: "20:00", to: "07:00", days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] } });
  const page = await rig.page({ as: accounts });
  await page.goto("/me");
  await page.getByLabel("How often").selectOption("daily");
  await page.getByLabel("At what time").selectOption("9");
  await until("the digest is kept", async () => (await settings(mine)).digest === "daily" && (await settings(mine)).digest_hour === 9);
  await page.getByRole("switch", { name: "Quiet hours" }).click();
  await page.getByLabel("From").fill("21:30");
  await page.getByLabel("To", { exact: true }).focus();
  await page.getByLabel("Sat").click();
  await until("the hours are kept", async () => {
    const quiet = (await settings(mine)).quiet_hours;
    return quiet.on && quiet.from === "21:30" && !quiet.days.includes("sat") && quiet.days.length === 6;
  });
  await see("/me", "quiet hours", accounts, (p) => p.getByLabel("Sat").waitFor());
  // What fails is said, and what was shown before stands again.
  await page.route("**/api/v1/me/notice-settings", (r) => (r.request().method() === "PATCH" ? r.abort() : r.continue()));
  await page.getByLabel("How often").selectOption("off");
  await page.getByRole("alert").first().waitFor();
  await until("the choice is taken back", async () => (await page.getByLabel("How often").inputValue()) === "daily");
  await mine.patch("/me/notice-settings", { digest: "instant", quiet_hours: { on: false } });
});

test("a ticket is muted by its key and heard of again by its menu", async () => {
  const number = (await mine.get("/tickets?view=all&limit=1")).body.items[0].number;
  await mine.delete(`/tickets/${number}/mute`);
  const page = await rig.page({ as: accounts });
  await page.goto(`/tickets/${number}`);
  const badge = page.locator(".ticket-bar .badge", { hasText: "Muted" });
  await page.getByRole("button", { name: "Actions" }).waitFor();
  await page.keyboard.press("m");
  await badge.waitFor();
  await page.getByRole("status").getByText("You still hear of it when somebody mentions you").waitFor();
  assert.equal((await mine.get(`/tickets/${number}`)).body.muted, true);
  assert.equal((await api.get(`/tickets/${number}`)).body.muted, false, "nobody else's business");
  await see(`/tickets/${number}`, "a muted ticket", accounts, (p) => p.locator(".ticket-bar .badge", { hasText: "Muted" }).waitFor());
  await page.locator(".ticket-bar").getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: /Unmute/ }).click();
  await badge.waitFor({ state: "detached" });
  assert.equal((await mine.get(`/tickets/${number}`)).body.muted, false);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("mute");
  await page.getByRole("option", { name: /^Mute/ }).waitFor();
});

test("a group's mail goes to its own address", async () => {
  const group = (await api.post("/groups", { name: "Night watch" })).body.id;
  const page = await rig.page({ as: owner });
  await page.goto(`/admin/groups/${group}`);
  await page.getByLabel("Goes to").selectOption("address");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Give the address that the group's mail goes to.").waitFor();
  await page.getByLabel("Address", { exact: true }).fill("watch@lists.example");
  await page.getByRole("button", { name: "Save" }).click();
  await until("it is kept", async () => (await api.get(`/groups/${group}`)).body.mail_address === "watch@lists.example");
  await see(`/admin/groups/${group}`, "a group with an address", owner, (p) => p.getByLabel("Address", { exact: true }).waitFor());

  const number = (await api.get("/tickets?view=all&limit=1")).body.items[0].number;
  const subject = (await api.get(`/tickets/${number}`)).body.subject;
  await api.post(`/tickets/${number}/shares`, { targets: [{ kind: "group", id: group }], level: "view" });
  await until("the mail to the group", async () => (await rig.mails()).some((m) => m.to.includes("watch@lists.example")));
  const mail = (await rig.mails()).find((m) => m.to.includes("watch@lists.example"))!;
  assert.ok(mail.text.includes(`/tickets/${number}`) && !mail.text.includes(subject), mail.text);
  await rig.unshare(number, "Night watch");
  await api.delete(`/groups/${group}`);
});

test("a mail is turned off by the address in it, without signing in", async () => {
  const number = (await api.get("/tickets?view=all&limit=1")).body.items[0].number;
  const me = (await mine.get("/me")).body.person.id;
  await mine.patch("/me/notice-settings", { rows: [{ kind: "share", mail: true }], digest: "instant", quiet_hours: { on: false } });
  await rig.unshare(number);
  await api.post(`/tickets/${number}/shares`, { targets: [{ kind: "agent", id: me }], level: "view" });
  const header = async () => (await rig.mails()).find((m) => m.to.includes(accounts) && m.headers["List-Unsubscribe"])?.headers["List-Unsubscribe"];
  await until("the mail", async () => !!(await header()));
  const path = new URL((await header())!.replace(/[<>\s]/g, "")).pathname;
  for (const width of [1440, 390]) {
    const page = await rig.page({ as: "", width, scripts: width > 400 });
    await page.goto(path);
    await page.getByRole("heading", { name: "Stop these mails?" }).waitFor();
    assert.equal((await rowOf(mine, "share")).mail.on, true, "reading changes nothing");
    if (width > 400) await rig.looks(page, "stop these mails");
    await page.getByRole("button", { name: "Stop these mails" }).click();
    await page.getByRole("heading", { name: "These mails are off" }).waitFor();
    assert.equal((await rowOf(mine, "share")).mail.on, false);
    await page.getByRole("button", { name: "Send them again" }).click();
    await page.getByRole("heading", { name: "Stop these mails?" }).waitFor();
  }
  await rig.unshare(number);
});
