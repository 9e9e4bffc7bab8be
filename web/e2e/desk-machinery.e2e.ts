import assert from "node:assert/strict";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, hr, owner, startRig } from "./rig";

// The machinery of the desk: tokens, webhooks, jobs, notices, held mails, the administrators' log.

let rig: Rig;
let receiver: Server;
let address = "";
let answer = 200;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(answer).end(answer === 200 ? "thank you" : "not now"));
  });
  await new Promise<void>((ready) => receiver.listen(0, "127.0.0.1", ready));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  rig = await startRig();
});

afterAll(async () => {
  receiver.close();
  await rig.close();
});

const checked = async (page: Page, state: string) => {
  await rig.axe(page, state);
  await rig.fits(page, state);
};

test("a token is made, shown once and revoked", async () => {
  const page = await rig.page();
  await page.goto("/admin/tokens");
  await page.getByRole("button", { name: "New token" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("Weekly report");
  await form.getByRole("checkbox", { name: /Read internal notes/ }).check();
  await checked(page, "new token");
  await form.getByRole("button", { name: "Make token" }).click();
  const secret = (await page.getByLabel("The token").textContent()) ?? "";
  assert.match(secret, /^dmt_/);
  await checked(page, "token shown");
  await page.keyboard.press("Escape");
  await page.getByRole("alert").getByText("It is not shown again.").waitFor();
  assert.ok(await page.getByLabel("The token").isVisible(), "one slip loses the token");

  const asProgram = () => fetch(`${rig.url}/api/v1/me`, { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal((await asProgram()).status, 200);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("row", { name: /Weekly report/ }).waitFor();
  assert.ok(!(await page.content()).includes(secret), "the secret is still on the page");

  await page.getByRole("button", { name: "Revoke Weekly report" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByText("You have no token yet").waitFor();
  assert.equal((await asProgram()).status, 401);
});

test("a webhook is made, tested, fails, is sent once more, gets a new secret and is deleted", async () => {
  const page = await rig.page();
  await page.goto("/admin/webhooks");
  await page.getByRole("button", { name: "New webhook" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name", { exact: true }).fill("Robot");
  await form.getByLabel("Address").fill("http://10.0.0.1/inside");
  await form.getByLabel("Only tickets that match").fill('{"field": "nothing", "op": "is", "value": 1}');
  await form.getByRole("button", { name: "Add a header" }).click();
  await form.getByLabel("Name of the header").fill("X-Key");
  await form.getByLabel("Value", { exact: true }).fill("very secret value");
  await form.getByText("What can stand here").click();
  await form.getByText("The built-in status.").waitFor();
  await checked(page, "new webhook");
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText("There is no such field.").waitFor();
  assert.equal(await form.getByLabel("Name", { exact: true }).inputValue(), "Robot", "a refusal loses what was typed");
  await checked(page, "refused webhook");

  await form.getByLabel("Address").fill(address);
  await form.getByLabel("Only tickets that match").fill('{"field": ');
  await form.getByText("This is not a filter in JSON yet.").waitFor();
  await form.getByLabel("Only tickets that match").fill('{"field": "priority", "op": "in", "value": ["normal", "high"]}');
  await form.getByRole("button", { name: "Save" }).click();
  assert.match((await page.getByLabel("Signing secret").last().textContent()) ?? "", /^whsec_/);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("heading", { name: "Robot", level: 1 }).waitFor();
  assert.ok(!(await page.content()).includes("very secret value"), "the value of a header is shown");
  await page.getByText("X-Key").waitFor();

  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByRole("dialog").getByText("thank you").waitFor();
  await checked(page, "test arrived");
  await page.keyboard.press("Escape");
  await page.getByRole("row", { name: /Test Delivered 200/ }).waitFor();

  answer = 503;
  const api = await rig.api(owner);
  const hook = Number(page.url().split("/").at(-1));
  assert.equal((await api.post("/tickets", { subject: "For the robot", text: "Hello", inbox_id: 1, requester_id: 1 })).status, 201);
  await page.getByRole("button", { name: /Ticket created/ }).waitFor();
  await page.getByRole("cell", { name: "503" }).first().waitFor();
  await page.getByRole("button", { name: "Waiting", exact: true }).click();
  assert.match(page.url(), /state=waiting/);
  await checked(page, "a delivery waits");
  answer = 200;
  await page.getByRole("button", { name: /Ticket created/ }).click();
  const detail = page.getByRole("dialog");
  await detail.getByText("webhook-id").waitFor();
  await checked(page, "one delivery");
  await detail.getByRole("button", { name: "Send once more" }).click();
  await detail.getByText("Delivered").waitFor();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Switch off" }).click();
  await page.getByRole("button", { name: "Switch on" }).waitFor();
  assert.equal((await api.get(`/webhooks/${hook}`)).body.active, false);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "New signing secret" }).click();
  await page.getByRole("button", { name: "Make a new secret" }).click();
  assert.match((await page.getByLabel("Signing secret").last().textContent()) ?? "", /^whsec_/);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("Old secret works until").waitFor();

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No webhook yet").waitFor();
  assert.equal((await api.get(`/webhooks/${hook}`)).status, 404);
});

test("a webhook that the receiver gave up says why it is off", async () => {
  const api = await rig.api(owner);
  const made = await api.post("/webhooks", { name: "Gone", url: address, events: ["ticket.created"] });
  answer = 410;
  await api.post("/tickets", { subject: "For nobody", text: "Hello", inbox_id: 1, requester_id: 1 });
  const page = await rig.page();
  await page.goto(`/admin/webhooks/${made.body.id}`);
  await page.getByText("the receiver answered that this address is gone").waitFor();
  await checked(page, "paused webhook");
  answer = 200;
  await api.delete(`/webhooks/${made.body.id}`);
});

test("a job is cancelled and run again, and the list keeps itself up to date", async () => {
  const api = await rig.api(owner);
  answer = 503;
  const made = await api.post("/webhooks", { name: "Failing", url: address, events: ["ticket.created"] });
  const page = await rig.page();
  await page.goto("/admin/jobs");
  await api.post("/tickets", { subject: "For the failing one", text: "Hello", inbox_id: 1, requester_id: 1 });
  const row = page.getByRole("row", { name: /Look for deliveries that are due/ }).first();
  await row.waitFor();
  // The second try waits for minutes; the first comes within seconds.
  await row.getByText(/in \d+ min/).waitFor({ timeout: 30_000 });
  await checked(page, "jobs");
  await row.getByRole("button", { name: "Look for deliveries that are due" }).click();
  await page.getByRole("dialog").getByText("webhook.due").waitFor();
  assert.match(page.url(), /job=\d+/);
  await checked(page, "one job");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel job" }).click();
  await page.getByRole("button", { name: "Cancelled", exact: true }).click();
  assert.match(page.url(), /state=cancelled/);
  await page.getByRole("row", { name: /Look for deliveries that are due Cancelled/ }).waitFor();
  await page.getByRole("button", { name: "Run again" }).first().click();
  await page.getByText("The job runs again").waitFor();
  await page.getByText("No such job").waitFor();
  answer = 200;
  await api.delete(`/webhooks/${made.body.id}`);
});

test("a notice is switched for the account and for one brand", async () => {
  const api = await rig.api(owner);
  const page = await rig.page();
  await page.goto("/admin/notices");
  const mention = page.getByRole("switch", { name: "Somebody was mentioned" });
  await mention.uncheck();
  await page.getByLabel("Whose notices").selectOption({ label: "Acme" });
  await page.getByText("Off for the whole account", { exact: true }).waitFor();
  assert.match(page.url(), /brand=1/);
  assert.ok(await mention.isChecked(), "the brand's own switch went off with the account's");
  await page.getByRole("switch", { name: "A share ran out" }).uncheck();
  await checked(page, "notices of a brand");
  await page.waitForFunction(async () => !(await (await fetch("/api/v1/settings/notices?brand=1")).json()).share_expired);
  assert.equal((await api.get("/settings/notices")).body.mention, false);
  assert.equal((await api.get("/settings/notices")).body.share_expired, true);
});

test("the log of changes is narrowed by who, what and when, and shows values before and after", async () => {
  const api = await rig.api(owner);
  const group = (await api.post("/groups", { name: "Night shift" })).body.id;
  await api.patch(`/groups/${group}`, { name: "Day shift" });
  const page = await rig.page();
  await page.goto("/admin/audit");
  await page.getByLabel("What").selectOption("group");
  assert.match(page.url(), /what=group/);
  const line = page.getByRole("listitem").filter({ hasText: "Group changed" }).first();
  assert.equal(await line.locator("del").textContent(), "Night shift");
  assert.equal(await line.locator("ins").textContent(), "Day shift");
  await page.getByLabel("Who").selectOption({ label: (await api.get("/people?q=hr.agent")).body.items[0].name });
  await page.getByText("Nothing fits").waitFor();
  await checked(page, "empty log");
  await page.getByRole("button", { name: "Clear" }).first().click();
  await page.getByLabel("What").selectOption("sign-ins");
  await page.getByText("with a password").first().waitFor();
  await page.getByLabel("Up to").fill("2020-01-01");
  await page.getByText("Nothing fits").waitFor();
  await page.reload();
  await page.getByText("Nothing fits").waitFor();
  assert.equal(await page.getByLabel("Up to").inputValue(), "2020-01-01");
});

test("whoever may not is refused, and nothing is offered", async () => {
  const page = await rig.page({ as: hr });
  for (const path of ["webhooks", "jobs", "held-mails", "audit"]) {
    // oxlint-disable-next-line no-await-in-loop
    await page.goto(`/admin/${path}`);
    // oxlint-disable-next-line no-await-in-loop
    await page.getByRole("alert").waitFor();
  }
  await page.goto("/admin/tokens");
  await page.getByRole("button", { name: "New token" }).first().click();
  await page.getByRole("checkbox", { name: /Read internal notes/ }).waitFor();
  assert.equal(await page.getByRole("checkbox", { name: /Manage webhooks/ }).count(), 0, "a permission is offered that one has not");
});

/** Every page with its rows, and what shows that it is there. */
const pages: [string, string][] = [
  ["/admin/tokens", "A rather long name"], ["/admin/webhooks", "Robot"], ["", "Delivery log"], ["/admin/notices", "A share ended"], ["/admin/jobs", "Gave up"],
  ["/admin/held-mails", "No mail is held"], ["/admin/audit", "Signed in"],
];

test.each([
  [1440, false],
  [1440, true],
  [390, false],
  [390, true],
])("the pages fit and are accessible at %i px (dark: %s)", async (width, dark) => {
  const api = await rig.api(owner);
  await api.post("/api-tokens", { name: "A rather long name of a token for the machine in the cellar", scopes: ["tickets.reply", "notes.read", "people.manage", "jobs.manage"] });
  const hook = (await api.post("/webhooks", { name: "Robot", url: address, events: ["ticket.created", "ticket.message"] })).body.id;
  const page = await rig.page({ width, dark });
  for (const [path, ready] of pages) {
    // oxlint-disable no-await-in-loop -- one page after the other
    await page.goto(path || `/admin/webhooks/${hook}`);
    await page.getByRole("main").getByText(ready).first().waitFor();
    await checked(page, `${path || "webhook"} at ${width}`);
    if (width === 390) {
      await page.setViewportSize({ width: 320, height: 700 });
      await rig.fits(page, `${path || "webhook"} at 320`);
      await page.setViewportSize({ width, height: 844 });
    }
    // oxlint-enable no-await-in-loop
  }
});
