import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished, test } from "vitest";
import { type Api, type Rig, once, owner, startRig, until } from "./rig.ts";

// What the portal has of its desk: a brand's colour and logo, own fields in its forms, the question how a ticket was solved. An
// administrator sets it in the workspace; requesters, and whoever holds a link, meet it with scripts off.

const one = "staff.one@acme.example";
const two = "staff.two@acme.example";
let rig: Rig;
let api: Api;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
});
afterAll(() => rig.close());

const plain = (as: string) => rig.page({ as, scripts: false });
const numberOf = (path: string) => Number(path.split("/").pop());

/** looks holds a page against axe, which needs scripts, in both themes and widths, with the cookies of the page that stands there. */
async function looks(page: Page, address: string, state: string) {
  for (const width of [1440, 390]) {
    const seen = await rig.page({ as: "", width });
    await seen.context().addCookies(await page.context().cookies());
    await seen.goto(address);
    await rig.looks(seen, state);
    await seen.context().close();
  }
}

/** set changes settings until the test ends. */
async function set(values: Record<string, unknown>) {
  const before = (await api.get("/settings")).body;
  onTestFinished(async () => void (await api.patch("/settings", Object.fromEntries(Object.keys(values).map((key) => [key, before[key]])))));
  const answer = await api.patch("/settings", values);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

/** send files what stands in the form for a new ticket, and gives the ticket's path. */
async function send(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("status").getByText("Your ticket is here").waitFor();
  return new URL(page.url()).pathname;
}

async function file(page: Page, subject: string, place?: string): Promise<string> {
  await page.goto("/portal/new");
  if (place) await page.getByLabel("For whom?").selectOption({ label: place });
  await page.getByLabel("Subject").fill(subject);
  await page.getByLabel("Your message").fill("It does not work since this morning.");
  return send(page);
}

test("S2-09 a brand's colour and logo are on its portal, at sign-in and on links, whatever the colour, and sharing stands there", async () => {
  const brand = (await api.get("/brands")).body.items.find((b: { name: string }) => b.name === "Acme");
  onTestFinished(async () => void (await api.patch(`/brands/${brand.id}`, { accent: "", host: "", logo_file: 0 })));
  const admin = await rig.page();
  await admin.goto("/admin/brands");
  const picture = await admin.screenshot({ clip: { x: 0, y: 0, width: 150, height: 30 } });
  const open = () => admin.getByRole("button", { name: "Acme", exact: true }).click();
  await open();
  const dialog = admin.getByRole("dialog", { name: "Edit brand" });
  const choose = (name: string, mimeType: string, buffer: Buffer) => dialog.getByLabel("Choose a picture").last().setInputFiles({ name, mimeType, buffer });
  await choose("logo.png", "image/png", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'));
  await dialog.getByRole("img", { name: "logo.png" }).waitFor();
  await dialog.getByLabel("A colour of its own").check();
  await dialog.getByLabel("Colour", { exact: true }).fill("#ffe600");
  await dialog.getByLabel("Address of its portal").fill("help.localhost");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").getByText("PNG, JPEG, GIF or WebP").waitFor();
  await rig.looks(admin, "a brand with a logo that is none");
  await choose("logo.png", "image/png", picture);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await open();
  await dialog.getByRole("list", { name: "What comes of the saved colour" }).waitFor();
  await dialog.getByRole("img", { name: "Logo" }).waitFor();
  await rig.looks(admin, "a brand with its look");

  const home = new URL(rig.url);
  home.hostname = "help.localhost";
  const at = (path: string) => new URL(path, home).href;
  const page = await plain("");
  const branded = async (where: Page) => {
    assert.equal(await where.locator('link[href="/assets/accent/ffe600.css"]').count(), 1, `${where.url()} has the colour`);
    const logo = where.locator("header img.logo");
    assert.match((await logo.getAttribute("src"))!, /^\/assets\/brand\/\d+\/[0-9a-f]{12}\.png$/);
    assert.ok(await logo.evaluate((i) => (i as HTMLImageElement).complete && (i as HTMLImageElement).naturalHeight > 0), `${where.url()} shows the logo`);
  };
  await page.goto(at("/portal"));
  await branded(page);
  await looks(page, at("/sign-in"), "signing in at a brand");
  await page.getByLabel("E-mail address").fill(one);
  await page.getByLabel("Password").fill("deskmesh-demo");
  await page.getByRole("button", { name: "Sign in" }).last().click();
  await page.getByRole("heading", { level: 1, name: "Tickets" }).waitFor();
  await branded(page);
  await page.goto(at("/portal/new"));
  await page.getByLabel("Subject").fill(once("With a look"));
  await page.getByLabel("Your message").fill("Hello.");
  const path = await send(page);
  await page.getByRole("link", { name: "Share" }).waitFor();
  await looks(page, at(path), "a ticket at a brand");
  await page.goto(at(`${path}/share`));
  await looks(page, at(`${path}/share`), "sharing at a brand");
  const links = page.getByRole("region", { name: "Public link" });
  await links.getByLabel(/^Password/).fill("six words");
  await links.getByRole("button", { name: "Make a link" }).click();
  const address = new URL(await links.getByLabel("Address", { exact: true }).inputValue()).pathname;
  const visitor = await plain("");
  await visitor.goto(address);
  await visitor.getByLabel("Password").waitFor();
  await branded(visitor);
  await visitor.getByLabel("Password").fill("six words");
  await visitor.getByRole("button", { name: "Open" }).click();
  await visitor.getByText("Hello.").waitFor();
  await branded(visitor);
  await looks(visitor, address, "a link of a brand");
  await visitor.goto(at("/s/unknown"));
  await looks(visitor, at("/s/unknown"), "a link that opens nothing, at a brand");
});

test("own fields stand in the portal's forms as an administrator says, and hidden ones nowhere", async () => {
  const admin = await rig.page();
  const names = { unit: once("Cost unit"), code: once("Order code"), price: once("Price inside") };
  const made = new Map<string, number>();
  onTestFinished(async () => {
    for (const id of made.values()) await api.patch(`/ticket-fields/${id}`, { active: false });
  });
  await admin.goto("/admin/fields");
  const dialog = admin.getByRole("dialog", { name: "New field" });
  for (const [name, use] of [
    [names.unit, "Requesters can change it later, too"],
    [names.code, "Requesters see it"],
    [names.price, ""],
  ] as const) {
    await admin.getByRole("button", { name: "New field" }).first().click();
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    if (use) await dialog.getByLabel("In the portal").selectOption({ label: use });
    if (name === names.unit) {
      await dialog.getByLabel("Kind").selectOption({ label: "Choice" });
      for (const word of ["1000 Administration", "2000 Workshop"]) {
        await dialog.getByLabel("Choices").fill(word);
        await dialog.getByLabel("Choices").press("Enter");
      }
      await dialog.getByLabel("Service request").check();
      await dialog.getByLabel("Must be filled in to send the portal’s form").check();
      await rig.looks(admin, "a field for the portal");
    }
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    const field = (await api.get("/ticket-fields")).body.items.find((f: { name: string }) => f.name === name);
    made.set(name, field.id);
  }

  const page = await plain(one);
  await page.goto("/portal/new");
  const unit = page.getByLabel(names.unit);
  await page.getByRole("radio", { name: "Question" }).check();
  assert.equal(await unit.isVisible(), false, "it is no part of a question");
  await page.getByRole("radio", { name: "Service request" }).check();
  await unit.waitFor();
  for (const name of [names.code, names.price]) assert.equal(await page.getByText(name).count(), 0, `the form has ${name}`);
  await page.getByLabel("Subject").fill(once("A second chair"));
  await page.getByLabel("Your message").fill("For the new colleague.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("alert").getByText("Please look at the fields marked below.").waitFor();
  assert.equal(await page.getByLabel("Your message").inputValue(), "For the new colleague.");
  assert.equal(await unit.getAttribute("aria-invalid"), "true");
  await looks(page, "/portal/new?type=service_request", "the form of a service request");
  await unit.selectOption("2000 Workshop");
  const path = await send(page);
  const details = page.getByRole("region", { name: "Details" });
  await details.getByText("2000 Workshop").waitFor();
  const values = { [made.get(names.code)!]: "A-17", [made.get(names.price)!]: "TOUCAN" };
  assert.equal((await api.patch(`/tickets/${numberOf(path)}`, { fields: values })).status, 200);
  await page.goto(path);
  await details.getByText("A-17").waitFor();
  assert.ok(!/TOUCAN|Price inside/.test(await page.content()), "a hidden field is shown");
  assert.equal(await page.getByText("Change the details").count(), 0, "nothing can be changed without the level edit");

  await set({ "portal.share_level": "edit" });
  await page.goto(path);
  await page.getByText("Change the details").click();
  assert.equal(await page.getByLabel(names.code).count(), 0, "what requesters only see cannot be changed");
  await unit.selectOption("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Please fill this in").or(page.locator('[aria-invalid="true"]')).first().waitFor();
  await unit.selectOption("1000 Administration");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  await details.getByText("1000 Administration").waitFor();
  await looks(page, path, "a ticket with own fields");
});

test("a requester says how a ticket was solved, on its page and by the mail's link; agents read it, others let in do not", async () => {
  await set({ "satisfaction.ask": true });
  const page = await plain(one);
  const path = await file(page, once("A key that sticks"));
  const asks = page.getByRole("region", { name: "How did we do?" });
  assert.equal(await asks.count(), 0, "nobody is asked before it is solved");
  await page.goto(`${path}/share`);
  await page.getByLabel("Their e-mail address").fill(two);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByRole("status").getByText("It is shared now").waitFor();
  await page.goto(path);
  await page.getByRole("button", { name: "This is solved" }).click();
  await asks.waitFor();
  await looks(page, path, "asked how it was solved");
  await asks.getByLabel("No", { exact: true }).check();
  await asks.getByLabel(/^What should we know/).fill("Too slow by far.");
  await asks.getByRole("button", { name: "Send answer" }).click();
  await page.getByRole("status").getByText("Thank you. Your answer is kept.").waitFor();
  assert.equal(await asks.getByLabel(/^What should we know/).inputValue(), "Too slow by far.");

  const other = await plain(two);
  await other.goto(path);
  await other.getByText("It does not work since this morning.").waitFor();
  assert.ok(!/Too slow|How did we do/.test(await other.content()), "somebody let in is asked, or reads the answer");
  const desk = await rig.page();
  await desk.goto(path.replace("/portal", ""));
  await desk.getByText("Too slow by far.").first().waitFor();

  // Who has not answered is asked by a mail, after an hour: it is sent at once here.
  const second = await file(page, once("A window that whistles"));
  await page.getByRole("button", { name: "This is solved" }).click();
  const subject = (await api.get(`/tickets/${numberOf(second)}`)).body.subject as string;
  const jobs = (await api.get("/jobs?limit=200")).body.items as { id: number; kind: string; ticket?: { number: number } }[];
  const waiting = jobs.filter((j) => j.kind === "mail.satisfaction" && j.ticket?.number === numberOf(second));
  assert.equal(waiting.length, 1, `one mail waits: ${JSON.stringify(jobs.map((j) => [j.kind, j.ticket]))}`);
  assert.equal((await api.post(`/jobs/${waiting[0]!.id}/retry`)).status, 204);
  let link = "";
  await until("the mail asks", async () => {
    const mail = (await rig.mails()).find((m) => m.to.includes(one) && m.subject.includes(subject) && m.text.includes("/satisfaction/"));
    link = mail ? /\/satisfaction\/[a-z2-7]+/.exec(mail.text)![0] : "";
    return link !== "";
  });
  const stranger = await plain("");
  await stranger.goto(link);
  await stranger.getByText(subject).waitFor();
  await looks(stranger, link, "the page of the mail that asks");
  await stranger.getByLabel("Yes", { exact: true }).check();
  await stranger.getByRole("button", { name: "Send answer" }).click();
  await stranger.getByRole("status").getByText("Thank you. Your answer is kept.").waitFor();
  await page.goto(second);
  assert.equal(await asks.getByLabel("Yes", { exact: true }).isChecked(), true);
  await page.getByRole("button", { name: "Open again" }).click();
  await page.getByRole("status").getByText("The ticket is open again").waitFor();
  await stranger.goto(link);
  await stranger.getByRole("heading", { name: "This is over" }).waitFor();
  await looks(stranger, link, "a rating that is over");
});
