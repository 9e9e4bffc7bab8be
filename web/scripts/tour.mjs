// node scripts/tour.mjs: makes the pictures of docs/tour.md anew, in docs/tour, from bin/deskmesh and its demo data.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "../..");
const out = join(root, "docs/tour");
mkdirSync(out, { recursive: true });

const folder = mkdtempSync(join(tmpdir(), "deskmesh-tour-"));
const program = spawn(join(root, "bin/deskmesh"), ["serve", "--demo", "--db", `sqlite:${folder}/deskmesh.db`, "--data", folder, "--listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0"]);
const url = await new Promise((ready) => {
  let said = "";
  program.stdout.on("data", (data) => {
    said += data;
    const at = /^ready (\S+)/m.exec(said)?.[1];
    if (at) ready(at);
  });
});

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

const cookies = new Map();

/** A page of somebody, at a size and in a theme. */
async function page(who, { phone = false, dark = false } = {}) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: "en-GB",
  });
  // Tries to sign in are few on purpose: each person does it once.
  if (cookies.has(who)) await context.addCookies(cookies.get(who));
  else {
    const answer = await context.request.post("/api/v1/sessions", { data: { address: `${who}@acme.example`, password: "deskmesh-demo" } });
    if (!answer.ok()) throw new Error(`signing in as ${who} answers ${answer.status()}`);
    cookies.set(who, await context.cookies());
  }
  return context.newPage();
}

async function settle(p) {
  await p.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined); // a page that polls is never idle
  await p.evaluate(() => document.fonts.ready);
  await p.waitForTimeout(500);
}

/** picture goes to an address, prepares what is to be seen, and keeps it as docs/tour/NAME.jpg. */
async function picture(name, who, path, options = {}) {
  const p = await page(who, options);
  await p.goto(path);
  p.setDefaultTimeout(8000);
  await settle(p);
  await options.then?.(p);
  await settle(p);
  await p.screenshot({ path: join(out, `${name}.jpg`), type: "jpeg", quality: 82 });
  await p.context().close();
}

const api = (await page("accounts.agent")).context().request;
const newest = async (view) => (await (await api.get(`/api/v1/tickets?view=${view}&limit=10`)).json()).items;
const tickets = await newest("all");
let talked = 0;
for (const { number } of [...tickets].sort((a, b) => (b.messages ?? 0) - (a.messages ?? 0))) {
  const { rights } = await (await api.get(`/api/v1/tickets/${number}`)).json();
  if (!talked && rights.includes("share")) talked = number;
}

await picture("home", "accounts.agent", "/");
await picture("list", "accounts.agent", "/tickets?view=all");
await picture("ticket", "accounts.agent", `/tickets/${talked}?view=all`);
await picture("ticket-dark", "accounts.agent", `/tickets/${talked}?view=all`, { dark: true });
await picture("share", "accounts.agent", `/tickets/${talked}?view=all`, {
  then: async (p) => {
    await p.getByRole("button", { name: /^Share/ }).first().click();
    await p.getByRole("dialog").getByRole("combobox").first().waitFor();
    await p.keyboard.type("h", { delay: 30 });
    await p.waitForTimeout(800);
  },
});
await api.post(`/api/v1/tickets/${talked}/shares`, {
  data: { targets: [{ kind: "group", id: (await (await api.get(`/api/v1/share-targets?q=hr&ticket=${talked}`)).json()).items.find((t) => t.kind === "group").id }], level: "comment", reason: "Payroll question" },
});
await picture("shared", "hr.agent", `/tickets/${talked}?view=shared-with-my-groups`);
await picture("refused", "restricted.agent", `/tickets/${talked}`);
await picture("palette", "accounts.agent", "/tickets?view=all", { then: (p) => p.keyboard.press("Control+k") });
await picture("phone-list", "accounts.agent", "/tickets?view=all", { phone: true });
await picture("phone-ticket", "accounts.agent", `/tickets/${talked}?view=all`, { phone: true });
await picture("people", "owner", "/admin/people");
await picture("settings", "owner", "/admin/settings");
await picture("all-shares", "owner", "/admin/shares");
await picture("audit", "owner", "/admin/audit");

await browser.close();
program.kill("SIGTERM");
await new Promise((done) => program.once("exit", done));
rmSync(folder, { recursive: true, force: true });
