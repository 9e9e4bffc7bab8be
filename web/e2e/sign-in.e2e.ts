import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, accounts, codeOf, noShare, once, password, startRig } from "./rig.ts";

// Signing in: with a password, with a second factor, and through a provider of OpenID Connect that others have written and
// certified, which runs as a process of its own.

let rig: Rig;
let provider: ChildProcess;
let issuer: string;
/** Where the desk of the demo says it stands: a provider sends browsers back there. */
let desk: string;
const folder = mkdtempSync(join(tmpdir(), "deskmesh-oidc-"));

beforeAll(async () => {
  rig = await startRig();
  desk = rig.url.replace("//localhost", "//acme.localhost");
  const program = join(folder, "oidc");
  execFileSync("go", ["build", "-o", program, "."], { cwd: resolve(import.meta.dirname, "../../tools/oidc"), stdio: "inherit" });
  provider = spawn(program, { env: { ...process.env, REDIRECT: `${desk}/sign-in/oidc/callback`, ADDRESS: accounts }, stdio: ["pipe", "pipe", "inherit"] });
  issuer = await new Promise((found) => createInterface({ input: provider.stdout! }).once("line", found));
}, 600_000);
afterAll(async () => {
  provider.stdin!.end();
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a provider is set up on the screen, and an agent signs in through it", async () => {
  const api = await rig.api();
  for (const old of (await api.get("/sign-in-providers")).body.items) await api.delete(`/sign-in-providers/${old.id}`);
  const name = once("Acme Login");
  const page = await rig.page();
  await page.goto("/admin/sign-in");
  await page.getByRole("button", { name: "New provider" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`${desk}/sign-in/oidc/callback`).waitFor();
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Issuer").fill(issuer);
  await dialog.getByLabel("Client ID").fill("deskmesh");
  await dialog.getByLabel("Client secret").fill("a client's secret");
  await dialog.getByLabel("Allowed domains").fill("acme.example");
  await dialog.getByRole("button", { name: "Add provider" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("The provider answers as it should.").waitFor();
  await page.getByRole("switch", { name: `Offer ${name} on the sign-in page` }).click();
  await page.getByText(`${name} is on`).waitFor();
  await rig.axe(page, "a provider that answers");

  const theirs = await rig.page({ as: "" });
  await theirs.goto("/sign-in?next=/tickets?view=mine");
  await rig.axe(theirs, "sign-in with a provider");
  await theirs.getByRole("link", { name: `Sign in with ${name}` }).click();
  await theirs.locator("input[name=username]").fill("ada");
  await theirs.locator("input[name=password]").fill("verysecure");
  await theirs.locator("form [type=submit], form button").first().click();
  await theirs.getByRole("navigation", { name: "Main" }).waitFor();
  assert.ok(theirs.url().startsWith(desk), theirs.url());
  assert.equal(await theirs.evaluate(async () => (await (await fetch("/api/v1/me")).json()).person.address), accounts);

  // One whose address the provider has not verified is sent away with the reason.
  const other = await rig.page({ as: "" });
  await other.goto("/sign-in");
  await other.getByRole("link", { name: `Sign in with ${name}` }).click();
  await other.locator("input[name=username]").fill("bo");
  await other.locator("input[name=password]").fill("verysecure");
  await other.locator("form [type=submit], form button").first().click();
  await other.getByText("has not verified your e-mail address").waitFor();
  await rig.axe(other, "refused after the provider");
});

test("a second factor is set up with its first code, asked for at the next sign-in, and turned off with a recovery code", async () => {
  const boss = await rig.api();
  const who = (await boss.get(`/people?q=${noShare}`)).body.items[0].id;
  await boss.delete(`/people/${who}/totp`);
  const page = await rig.page({ as: noShare });
  await page.goto("/me");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Set up a second factor" }).click();
  const secret = await dialog.locator(".secret").innerText();
  const drawn = await dialog.getByAltText(/QR code/).evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth));
  assert.ok(drawn > 0, "the QR code is not drawn");
  await rig.axe(page, "second factor, set up");
  await dialog.getByLabel("Code").fill("000000");
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await dialog.locator(".error").waitFor();
  await dialog.getByLabel("Code").fill(codeOf(secret));
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await dialog.locator(".codes li").first().waitFor();
  const codes = await dialog.locator(".codes li").allInnerTexts();
  assert.equal(codes.length, 10);
  await rig.axe(page, "recovery codes");
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("10 recovery codes are left").waitFor();

  // Somewhere else the password alone opens nothing. A code serves once, so the next one is used.
  const other = await rig.page({ as: "" });
  await other.goto("/sign-in");
  const sign = async () => {
    await other.getByLabel(/mail/i).fill(noShare);
    await other.getByLabel(/password/i).fill(password);
    await other.getByRole("button", { name: /sign in/i }).first().click();
    await other.getByRole("heading", { name: "One more step" }).waitFor();
  };
  await sign();
  await rig.axe(other, "asked for a code");
  assert.equal((await other.request.get("/api/v1/me")).status(), 401);
  await other.getByLabel("Code").fill("000000");
  await other.getByRole("button", { name: /sign in/i }).click();
  await other.getByText("This code is wrong").waitFor();
  await other.getByLabel("Code").fill(codeOf(secret, 1));
  await other.getByRole("button", { name: /sign in/i }).click();
  await other.getByRole("navigation", { name: "Main" }).waitFor();
  await other.context().clearCookies();
  await other.goto("/sign-in");
  await sign();
  await other.getByLabel("Code").fill(codes[1]!);
  await other.getByRole("button", { name: /sign in/i }).click();
  await other.getByRole("navigation", { name: "Main" }).waitFor();

  await page.getByRole("button", { name: "Turn off the second factor" }).click();
  await dialog.getByLabel("Password").fill(password);
  await dialog.getByLabel("Code").fill(codes[0]!);
  await dialog.getByRole("button", { name: "Turn off the second factor" }).click();
  await page.getByRole("button", { name: "Set up a second factor" }).waitFor();
});
