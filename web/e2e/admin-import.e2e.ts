import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, once, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/** choose gives the page a file as somebody would from a disk. */
async function choose(page: Page, text: string | Buffer, name = "people.csv") {
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
}

const start = (page: Page) => page.getByRole("button", { name: /^Import \d/ });

test("people are imported after a preview, and faulty lines come back as a file", async () => {
  const mark = once("import").replace(" ", "");
  const page = await rig.page();
  await page.goto("/admin/people/import");
  await choose(page, `Name;E-Mail;Firma;Notiz\nAda Import;ada.${mark}@customer.example;Northwind Bakery;VIP\nBo;not-an-address;;\nCy Import;cy.${mark}@customer.example;;\n`);
  await page.getByRole("button", { name: "Import 2 people" }).waitFor();
  assert.match(await page.locator(".import-line").first().innerText(), /not-an-address[\s\S]*Left out/, "faulty lines stand first");
  await page.getByText("1 line will be left out", { exact: false }).waitFor();

  const api = await rig.api();
  assert.equal((await api.get(`/people?q=ada.${mark}`)).body.items.length, 0, "the preview changes nothing");

  await start(page).click();
  await page.getByRole("heading", { name: "The import is done" }).waitFor();
  await page.getByText("1 line left out").first().waitFor();
  const [ada] = (await api.get(`/people?q=ada.${mark}`)).body.items;
  assert.equal(ada.name, "Ada Import");
  assert.ok(ada.company_id, "the column with companies was found out");

  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download as CSV" }).click()]);
  const text = readFileSync(await file.path(), "utf8");
  assert.match(text, /reason/);
  assert.match(text, /not-an-address/);

  await page.reload();
  await page.getByRole("heading", { name: "The import is done" }).waitFor();
  await page.getByRole("button", { name: "Import another file" }).click();
  await page.getByRole("heading", { name: "Earlier imports" }).waitFor();
  await page.getByRole("link", { name: "3 requesters" }).first().click();
  await page.getByRole("heading", { name: "The import is done" }).waitFor();
});

test("columns that nobody knows are put right by hand", async () => {
  const page = await rig.page();
  await page.goto("/admin/people/import");
  await choose(page, Buffer.from("Wer,Erreichbar unter\nJ\u00fcrgen Latin,juergen.latin@customer.example\n", "latin1"));
  await page.getByText("No column holds the e-mail address", { exact: false }).waitFor();
  await page.getByLabel("Erreichbar unter").selectOption({ label: "E-mail address" });
  await page.getByLabel("Wer", { exact: true }).selectOption({ label: "Name" });
  await page.getByText("Jürgen Latin").waitFor();
  await page.getByRole("button", { name: "Import 1 person" }).waitFor();
  await choose(page, "\u0000\u0001\u0002", "picture.csv");
  await page.getByRole("alert").first().waitFor();
  await choose(page, "x".repeat(5 * 1024 * 1024 + 1), "huge.csv");
  await page.getByText("huge.csv is larger than 5 MB", { exact: false }).waitFor();
});

test("an import that cannot be sent keeps the file and what was chosen", async () => {
  const page = await rig.page();
  await page.goto("/admin/people/import");
  await choose(page, "Name,Mail,Extra\nKeep Me,keep.me@customer.example,keep.two@customer.example\n", "kept.csv");
  await page.getByLabel("Extra").selectOption({ label: "Further addresses" });
  await start(page).waitFor();
  await page.route("**/api/v1/people/import", (route) => route.abort());
  await start(page).click();
  await page.getByText("No connection to the server", { exact: false }).waitFor();
  await page.getByText("kept.csv").waitFor();
  assert.equal(await page.getByLabel("Extra").inputValue(), "others");
  await page.unroute("**/api/v1/people/import");
  await start(page).click();
  await page.getByRole("heading", { name: "The import is done" }).waitFor();
});

test("a provider is made, tested against a dead address, and removed", async () => {
  const api = await rig.api();
  await api.patch("/settings", { "security.password_sign_in": true });
  for (const old of (await api.get("/sign-in-providers")).body.items) await api.delete(`/sign-in-providers/${old.id}`);
  const page = await rig.page();
  await page.goto("/admin/sign-in");
  await page.getByText("Turn on a provider first", { exact: false }).waitFor();
  assert.ok(await page.getByRole("switch", { name: "Agents may sign in with a password" }).isDisabled());

  await page.getByRole("button", { name: "New provider" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("/sign-in/oidc/callback", { exact: false }).waitFor();
  await dialog.getByLabel("Name", { exact: true }).fill("Acme Login");
  await dialog.getByLabel("Issuer").fill("login.acme.example");
  await dialog.getByLabel("Client ID").fill("desk");
  await dialog.getByLabel("Client secret").fill("s3cret");
  await dialog.getByRole("checkbox", { name: /Make agents of people/ }).check();
  await dialog.getByRole("checkbox", { name: "Agent", exact: true }).check();
  await dialog.getByRole("button", { name: "Add provider" }).click();
  await dialog.getByText("with https", { exact: false }).waitFor();
  await dialog.getByText("say of which domains", { exact: false }).waitFor();
  assert.equal(await dialog.getByLabel("Client secret").inputValue(), "s3cret", "what was typed stays");
  await dialog.getByLabel("Issuer").fill("https://login.acme.invalid");
  await dialog.getByLabel("Allowed domains").fill("acme.example");
  await dialog.getByRole("button", { name: "Add provider" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("cannot be reached", { exact: false }).waitFor();
  await page.getByText("Makes agents: Agent").waitFor();

  await page.getByRole("switch", { name: "Offer Acme Login on the sign-in page" }).click();
  await page.getByText("Acme Login is on").waitFor();
  const passwords = page.getByRole("switch", { name: "Agents may sign in with a password" });
  await passwords.click();
  await page.getByText("Agents sign in through a provider only", { exact: false }).waitFor();

  await page.getByRole("button", { name: "More actions for Acme Login" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await dialog.getByText("This is the last provider", { exact: false }).waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await passwords.click();
  await page.getByText("Agents sign in with their password", { exact: false }).waitFor();
  await page.getByRole("button", { name: "More actions for Acme Login" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText("No provider yet").waitFor();
});

test("whoever demands a second factor without having one is warned", async () => {
  const page = await rig.page();
  await page.goto("/admin/sign-in");
  await page.getByLabel("Second factor").selectOption({ label: "All agents must have one" });
  await page.getByRole("dialog").getByText("That includes you", { exact: false }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  assert.equal(await page.getByLabel("Second factor").inputValue(), "off");
});

test("a company has an agent who looks after it, and leaves its people behind", async () => {
  const name = once("Zenith Mills");
  const page = await rig.page();
  await page.goto("/admin/companies");
  await page.getByRole("button", { name: "New company" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Northwind Bakery");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.getByText("Another company already has this name.").waitFor();
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Account manager").fill("Chi");
  await page.getByRole("option", { name: /Chidi/ }).click();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("listitem").filter({ hasText: name }).getByText("Looked after by Chidi").waitFor();
  await page.getByRole("searchbox").fill(name);
  await page.getByText("Fjordline").waitFor({ state: "detached" });
  await page.getByRole("button", { name: `More actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog.getByText("Its requesters stay", { exact: false }).waitFor();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText("No company begins with that").waitFor();
});

test("departments are added, renamed and deleted", async () => {
  const name = once("Research");
  const page = await rig.page();
  await page.goto("/admin/departments");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "New department" }).click();
  await dialog.getByLabel("Name").fill(`${name}x`);
  await dialog.getByLabel("Name").press("Enter");
  await page.getByRole("button", { name: `${name}x`, exact: true }).click();
  await dialog.getByLabel("Name").fill(name);
  await page.keyboard.press("Escape");
  await dialog.getByText("Discard what you typed?").waitFor();
  await dialog.getByRole("button", { name: "Keep editing" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: `More actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText(`${name} was deleted`).waitFor();
});

test.each([1440, 390])("the pages have no finding of axe and fit at %i px", async (width) => {
  const api = await rig.api();
  if (!(await api.get("/sign-in-providers")).body.items.some((p: { name: string }) => p.name === "Axe Login")) {
    await api.post("/sign-in-providers", { name: "Axe Login", issuer: "https://login.acme.invalid", client_id: "desk", allowed_domains: ["acme.example"] });
  }
  const made = await api.post("/people/import", { kind: "requester", csv: "Name,Mail\nBad,bad\n" });
  const page = await rig.page({ width });
  const check = (name: string) => rig.looks(page, name);
  await page.goto("/admin/people/import");
  await choose(page, "Name,Mail\nNew One,new.one@customer.example\nBad,bad\n");
  await start(page).waitFor();
  await check("import, preview");
  await page.getByLabel("Mail", { exact: true }).selectOption("");
  await page.getByText("No column holds", { exact: false }).first().waitFor();
  await check("import, refused");
  await page.goto(`/admin/people/import?id=${made.body.id}`);
  await page.getByText("1 line left out").first().waitFor();
  await check("import, done");
  await page.goto("/admin/sign-in");
  await page.getByRole("button", { name: "Test Axe Login" }).click();
  await page.getByText("cannot be reached", { exact: false }).waitFor();
  await check("sign-in, tested");
  await page.getByRole("button", { name: "New provider" }).click();
  await page.getByRole("checkbox", { name: /Make agents/ }).check();
  await page.getByRole("button", { name: "Add provider" }).click();
  await page.getByText("say of which domains", { exact: false }).waitFor();
  await check("provider, refused");
  await page.goto("/admin/companies");
  await page.getByRole("button", { name: "Northwind Bakery", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Account manager").waitFor();
  await check("company");
  await page.goto("/admin/departments");
  await page.getByText("Legal").waitFor();
  await check("departments");
});
