import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Api, type Rig, hr, owner, startRig } from "./rig.ts";

// The requesters' portal as people meet it: with scripts off, which it does not need, in light and dark, at both widths.

const one = "staff.one@acme.example";
const two = "staff.two@acme.example";
let rig: Rig;
let api: Api;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
});
afterAll(() => rig.close());

const looks = [
  { width: 1440, dark: false },
  { width: 1440, dark: true },
  { width: 390, dark: false },
  { width: 390, dark: true },
];

/** fits sees that nothing stands out at the side, also on the narrowest phone. */
async function fits(page: Page, what: string) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${what} is ${wide} px too wide`);
}

/** file files a ticket in the portal and gives its path. */
async function file(page: Page, subject: string, type: RegExp): Promise<string> {
  await page.goto("/portal");
  await page.getByRole("link", { name: "New ticket" }).first().click();
  await page.getByRole("radio", { name: type }).check();
  await page.getByLabel("Subject").fill(subject);
  await page.getByLabel("Your message").fill("It does not work since this morning.");
  await page.getByLabel("Attach files").setInputFiles({ name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("the plan") });
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("status").getByText("Your ticket is here").waitFor();
  return new URL(page.url()).pathname;
}

test("S2-02 S2-10 S2-11 S2-12 S2-14 S2-15 S2-16 S2-17 S2-21 S2-25 S2-26 a requester shares a ticket without JavaScript, and takes it back", async () => {
  const page = await rig.page({ as: one, scripts: false });
  const path = await file(page, "The printer in the hall", /Incident/);
  await page.getByRole("link", { name: "plan.txt" }).waitFor();
  await page.getByRole("link", { name: "Share" }).click();
  await page.getByLabel("Their e-mail address").fill(two);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("button", { name: /^Choose/ }).click();
  await page.getByText("Chosen").waitFor();

  const other = await rig.page({ as: two, scripts: false });
  await other.goto("/portal?view=shared-with-me");
  assert.equal(await other.getByText("The printer in the hall").count(), 0, "nothing is shared before the button");
  await page.getByRole("button", { name: "Share with 1 person" }).click();
  await page.getByRole("status").getByText("It is shared now").waitFor();

  await other.goto("/portal?view=shared-with-me");
  await other.getByRole("link", { name: "The printer in the hall" }).click();
  await other.getByLabel("Your reply").fill("I see it, too.");
  await other.getByRole("button", { name: "Send reply" }).click();
  await other.getByRole("status").getByText("Your reply was sent").waitFor();
  assert.equal(await other.getByRole("link", { name: "Share" }).count(), 0, "who was let in does not share on");

  await page.goto(`${path}/share`);
  await page.getByLabel("Their e-mail address").fill("staff.three@acme.example");
  await page.getByRole("button", { name: "Add CC" }).click();
  await page.getByRole("status").getByText("They are in copy now").waitFor();
  await page.goto(`${path}/share`);
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByLabel("Address", { exact: true }).inputValue();
  const anybody = await rig.page({ as: "", scripts: false });
  await anybody.goto(new URL(link).pathname);
  await anybody.getByText("I see it, too.").waitFor();

  await page.goto(path);
  await page.getByRole("listitem").filter({ hasText: "can comment" }).getByRole("button", { name: /^Remove/ }).click();
  await page.getByRole("status").getByText("They are removed").waitFor();
  await other.goto(path);
  await other.getByText("This ticket does not open").waitFor();
});

test("S2-03 S2-13 S2-22 a service request is shared with an agent, who finds it in the workspace", async () => {
  const page = await rig.page({ as: one, scripts: false });
  const path = await file(page, "A second screen", /Service request/);
  await page.goto(`${path}/share`);
  await page.getByLabel("Their e-mail address").fill(hr);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByRole("status").getByText("It is shared now").waitFor();
  const agent = await rig.page({ as: hr });
  await agent.goto("/tickets?view=shared-with-me");
  await agent.getByText("A second screen").first().waitFor();
  await page.goto(path);
  await page.getByRole("button", { name: /^Remove/ }).click();
  await page.getByRole("status").getByText("They are removed").waitFor();
});

test("S2-01 S2-09 S2-27 the portal's sharing has a setting of its own, and its control stands in every brand", async () => {
  const page = await rig.page({ as: one, scripts: false });
  const path = await file(page, "A lamp", /Question/);
  await page.getByRole("link", { name: "Share" }).waitFor();
  const set = (value: string) => api.patch("/settings", { "portal.share_scope": value, "portal.cc": value !== "off", "portal.links": value !== "off" });
  await set("off");
  try {
    await page.goto(path);
    assert.equal(await page.getByRole("link", { name: "Share" }).count(), 0);
    await page.goto(`${path}/share`);
    await page.getByText("Sharing is off").waitFor();
  } finally {
    await set("anyone");
  }
  await page.goto("/portal/new");
  const places = await page.getByLabel("For whom?").locator("option").evaluateAll((all) => all.map((o) => (o as HTMLOptionElement).value));
  assert.ok(places.length > 1, "inboxes of two brands are offered");
  for (const place of places) {
    await page.goto("/portal/new");
    await page.getByLabel("For whom?").selectOption(place);
    await page.getByLabel("Subject").fill("For every brand");
    await page.getByLabel("Your message").fill("Hello.");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("link", { name: "Share" }).waitFor();
  }
});

test("every page of the portal passes axe and fits, light and dark, at both widths", async () => {
  const first = await rig.page({ as: one, scripts: false });
  const path = await file(first, "A window that does not close, with a long word: Donaudampfschifffahrtsgesellschaftskapitän", /Incident/);
  for (const look of looks) {
    const page = await rig.page({ as: one, ...look });
    for (const address of ["/portal", "/portal?view=shared-with-me&state=done", "/portal?q=nothing+has+this", "/portal/new", path, `${path}/share`, "/portal/me"]) {
      await page.goto(address);
      await rig.axe(page, `${address} at ${look.width}${look.dark ? " in the dark" : ""}`);
      await fits(page, address);
    }
    await page.goto(`${path}/share`);
    await page.getByLabel("Their e-mail address").fill(two);
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("button", { name: /^Choose/ }).click();
    await rig.axe(page, "somebody is chosen");
    await page.setViewportSize({ width: 320, height: 700 });
    for (const address of ["/portal", "/portal/new", path, `${path}/share`, "/portal/me"]) {
      await page.goto(address);
      await fits(page, `${address} at 320`);
    }
    await page.context().close();
  }
  const out = await rig.page({ as: "", scripts: false });
  await out.goto("/sign-in/mail");
  await out.getByLabel("E-mail address").fill(one);
  await out.getByRole("button", { name: "Send the link" }).click();
  await out.getByText("Look into your mail").waitFor();
});
