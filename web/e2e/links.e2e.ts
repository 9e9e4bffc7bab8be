import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Api, type Rig, hr, noShare, owner, startRig } from "./rig.ts";

// Public links: made and copied in the share dialog, opened by somebody who is not signed in and has no JavaScript.

let rig: Rig;
let api: Api;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
});
afterAll(() => rig.close());

const panel = (page: Page) => page.getByRole("dialog", { name: "Share Ticket" }).locator(".share-links");
const form = (page: Page) => panel(page).getByRole("form", { name: "New link" });
const address = (page: Page) => panel(page).getByRole("textbox", { name: /^Address of/ });
const row = (page: Page, name: string) => panel(page).locator(".share-row", { hasText: name });

async function open(page: Page, number: number) {
  await page.goto(`/tickets/${number}?share=1`);
  await panel(page).waitFor();
}

/** stranger is a browser that nobody has signed in with, without scripts. */
const stranger = (options: { width?: number; dark?: boolean } = {}) => rig.page({ as: "", scripts: false, ...options });
/** looks checks a page without scripts, which axe cannot look at itself, in a browser that has them. */
async function looks(path: string, state: string) {
  for (const [width, dark] of [
    [1440, false],
    [1440, true],
    [390, false],
    [320, false],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one browser at a time
    const page = await rig.page({ as: "", width, dark });
    // oxlint-disable-next-line no-await-in-loop
    await page.goto(path);
    // oxlint-disable-next-line no-await-in-loop
    if (width > 320) await rig.axe(page, `${state} at ${width}${dark ? ", dark" : ""}`);
    // oxlint-disable-next-line no-await-in-loop
    await rig.fits(page, `${state} at ${width}`);
    // oxlint-disable-next-line no-await-in-loop
    await page.close();
  }
}

test("W17 W19 make, copy, open signed out, reset, revoke", async () => {
  const page = await rig.page();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, 35);
  await panel(page).getByRole("button", { name: "New link" }).click();
  await form(page).getByLabel("Label").fill("for the printer shop");
  await rig.axe(page, "a new link");
  await form(page).getByRole("button", { name: "Create and copy link" }).click();
  await panel(page).getByRole("status").getByText("Copied").waitFor();
  const first = await address(page).inputValue();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), first);
  assert.match(first, /\/s\/dml_[\w-]{43}$/);
  await rig.axe(page, "a link was made");
  await page.keyboard.press("Escape");
  await page.getByText(/^Read by .* and whoever has the link$/).waitFor();
  await open(page, 35);

  const path = new URL(first).pathname;
  const visitor = await stranger();
  await visitor.goto(path);
  await visitor.getByRole("heading", { level: 1, name: "Mileage rate for electric cars" }).waitFor();
  assert.equal(await visitor.getByRole("textbox").count(), 0, "a link for reading has nothing to write in");
  const text = await visitor.content();
  for (const secret of ["printer shop", "@acme.example", 'href="/"', "/tickets"]) assert.ok(!text.includes(secret), `the page says ${secret}`);
  await looks(path, "a ticket behind a link");

  await panel(page).getByRole("button", { name: "Details for for the printer shop" }).click();
  await row(page, "for the printer shop").getByText("Opened").first().waitFor();
  await rig.axe(page, "the log of a link");
  await panel(page).getByRole("button", { name: "New address" }).click();
  await panel(page).getByRole("alert").getByRole("button", { name: "New address" }).click();
  await page.waitForFunction((old) => [...document.querySelectorAll<HTMLInputElement>(".share-address input")].some((i) => i.value && i.value !== old), first);
  const second = new URL(await address(page).inputValue()).pathname;
  await visitor.goto(path);
  await visitor.getByRole("heading", { name: "This link does not open anything" }).waitFor();
  await visitor.goto(second);
  await visitor.getByRole("heading", { name: "Mileage rate" }).waitFor();
  await panel(page).getByRole("button", { name: "Revoke for the printer shop" }).click();
  await panel(page).getByText("1 link is over").waitFor();
  await visitor.goto(second);
  await visitor.getByRole("heading", { name: "This link does not open anything" }).waitFor();
  await looks(second, "a link that opens nothing");
  await page.close();
  await visitor.close();
});

test("B27 W20 password, number of visits, end, and a reply without JavaScript", async () => {
  const page = await rig.page({ width: 390, height: 844 });
  await open(page, 35);
  await panel(page).getByRole("button", { name: "New link" }).click();
  await form(page).getByLabel("What the link lets do").selectOption({ label: "Can view and reply" });
  await form(page).getByLabel("How often it opens").selectOption({ label: "1 visit" });
  await form(page).getByLabel("Password (optional)").fill("six words");
  await rig.axe(page, "a new link on a phone");
  await rig.fits(page, "a new link on a phone");
  await form(page).getByRole("button", { name: "Create and copy link" }).click();
  await address(page).waitFor();
  const path = new URL(await address(page).inputValue()).pathname;
  await rig.axe(page, "a link was made on a phone");
  await rig.fits(page, "a link was made on a phone");
  await looks(path, "the password of a link");

  const visitor = await stranger({ width: 390 });
  await visitor.goto(path);
  await visitor.getByLabel("Password").fill("other words");
  await visitor.getByRole("button", { name: "Open" }).click();
  await visitor.getByText("This is not the password.").waitFor();
  await visitor.getByLabel("Password").fill("six words");
  await visitor.getByRole("button", { name: "Open" }).click();
  await visitor.getByLabel("Your name").fill("Pat Visitor");
  await visitor.getByLabel("Your message").fill("Does this hold for bicycles, too?");
  await visitor.getByRole("button", { name: "Send reply" }).click();
  await visitor.locator(".msg", { hasText: "Does this hold for bicycles" }).getByText("via a public link").waitFor();
  await visitor.reload();
  await visitor.getByText("Does this hold for bicycles").waitFor();
  const second = await stranger();
  await second.goto(path);
  await second.getByRole("heading", { name: "This link does not open anything" }).waitFor();

  await page.goto("/tickets/35");
  const message = page.locator(".msg", { hasText: "Does this hold for bicycles" });
  await message.getByRole("heading", { name: "Pat Visitor" }).waitFor();
  await message.getByText("via public link").waitFor();
  await rig.axe(page, "a message that came through a link");

  const made = await api.post("/tickets/35/links", { expires_at: new Date(Date.now() + 6000).toISOString() });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const closed = second.getByRole("heading", { name: "This link does not open anything" });
  do {
    // oxlint-disable-next-line no-await-in-loop -- until its time is over
    await second.goto(new URL(made.body.address).pathname);
    // oxlint-disable-next-line no-await-in-loop
  } while ((await closed.count()) === 0);
  await Promise.all([page, visitor, second].map((p) => p.close()));
});

test("C13 W18 who may not give links is offered none; who is signed in is taken to the ticket", async () => {
  const made = (await api.post("/tickets/35/links", { label: "one" })).body;
  await api.post("/tickets/35/links", { label: "two" });
  const page = await rig.page();
  await page.goto(new URL(made.address).pathname);
  await page.waitForURL(/\/tickets\/35/);
  await page.getByRole("button", { name: /^Public link/ }).click();
  await panel(page).getByRole("button", { name: "Revoke all links" }).click();
  await rig.axe(page, "revoking all links");
  await panel(page).getByRole("alert").getByRole("button", { name: "Revoke all links" }).click();
  await panel(page).getByText(/links are over$/).waitFor();
  await page.close();

  const without = await rig.page({ as: noShare });
  await without.goto("/tickets/35");
  await without.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(await without.getByRole("button", { name: "Share" }).count(), 0);
  await without.close();

  await api.patch("/settings", { "links.enabled": false });
  const off = await rig.page({ as: hr });
  await off.goto("/tickets?view=all");
  const own = (await (await rig.api(hr)).get("/tickets?limit=1")).body.items[0].number as number;
  await off.goto(`/tickets/${own}?share=1`);
  await off.getByRole("dialog", { name: "Share Ticket" }).getByText("Who has access").waitFor();
  assert.equal(await panel(off).count(), 0, "nothing is offered while links are off");
  await off.close();
  await api.patch("/settings", { "links.enabled": true });
});
