// node scripts/tour.mjs [NAME...]: makes the pictures of docs/tour.md anew, all or those named, in docs/tour, from bin/deskmesh and its demo data.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "../..");
const out = join(root, "docs/tour");
mkdirSync(out, { recursive: true });

const folder = mkdtempSync(join(tmpdir(), "deskmesh-tour-"));
const program = spawn(join(root, "bin/deskmesh"), ["serve", "--demo", "--db", `sqlite:${folder}/deskmesh.db`, "--data", folder, "--listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0", "--limit-caller", "0", "--limit-address", "0"], {
  stdio: ["ignore", "pipe", "ignore"], // a log that nobody reads would stop it when the pipe is full
});
process.once("exit", () => program.kill("SIGTERM"));
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

const wanted = process.argv.slice(2);

/** picture goes to an address, prepares what is to be seen, and keeps it as docs/tour/NAME.jpg. */
async function picture(name, who, path, options = {}) {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const p = await page(who, options);
  p.setDefaultTimeout(60_000);
  await p.goto(path, { waitUntil: "domcontentloaded" });
  await settle(p);
  await options.then?.(p);
  await settle(p);
  writeFileSync(join(out, `${name}.jpg`), await small(p));
  await p.context().close();
}

/** The most bytes of a picture: the tour is read on slow lines too. */
const most = 160_000;

/** small takes the picture in the best quality that fits. */
async function small(p) {
  let shot;
  for (const quality of [85, 78, 70, 60, 50]) {
    // oxlint-disable-next-line no-await-in-loop -- the next is only made where this one is too large
    shot = await p.screenshot({ type: "jpeg", quality });
    if (shot.length < most) break;
  }
  return shot;
}

const api = (await page("accounts.agent")).context().request;
const read = async (path) => (await api.get(`/api/v1${path}`)).json();
const give = async (path, data) => {
  const answer = await api.post(`/api/v1${path}`, { data });
  if (!answer.ok()) throw new Error(`POST ${path} answers ${answer.status()}: ${await answer.text()}`);
};

// The ticket of the tour is the one of which most was said, among those that can be shared.
let talked = 0;
for (const { number } of (await read("/tickets?view=all&limit=20")).items.toSorted((a, b) => (b.messages ?? 0) - (a.messages ?? 0))) {
  // oxlint-disable-next-line no-await-in-loop -- the first that fits is taken
  if (!talked && (await read(`/tickets/${number}`)).rights.includes("share")) talked = number;
}
const at = `/tickets/${talked}?view=all`;
const openShare = async (p) => {
  await p.getByRole("button", { name: /^(Share|Shared \d+)$/ }).first().click();
  await p.getByRole("dialog", { name: "Share Ticket" }).getByRole("combobox").first().waitFor();
};

await picture("home", "accounts.agent", "/");
await picture("list", "accounts.agent", "/tickets?view=all");
const condition = JSON.stringify({ all: [{ field: "priority", op: "in", value: ["high", "urgent"] }, { field: "assignee", op: "is_not", value: "me" }] });
await picture("filter", "accounts.agent", `/tickets?view=all&filter=${encodeURIComponent(JSON.stringify(condition))}`, {
  then: async (p) => {
    await p.keyboard.press("f");
    await p.getByRole("dialog").waitFor();
  },
});
await picture("ticket", "accounts.agent", at);
await picture("ticket-dark", "accounts.agent", at, { dark: true });
await picture("share", "accounts.agent", at, {
  then: async (p) => {
    await openShare(p);
    await p.keyboard.type("h", { delay: 30 });
    await p.getByRole("option").first().waitFor();
  },
});

const find = async (q, kind) => (await read(`/share-targets?q=${q}&ticket=${talked}`)).items.find((t) => t.kind === kind);
for (const [q, kind, level] of [["hr", "group", "comment"], ["support.two", "agent", "view"]]) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other, as people do
  const target = await find(q, kind);
  // oxlint-disable-next-line no-await-in-loop
  if (target) await give(`/tickets/${talked}/shares`, { targets: [{ kind, id: target.id }], level, reason: "Payroll question" });
}
await picture("access", "accounts.agent", at, { then: openShare });
await picture("shared", "hr.agent", `/tickets/${talked}?view=shared-with-my-groups`);
await picture("bulk", "accounts.agent", "/tickets?view=all", {
  then: async (p) => {
    const boxes = p.getByRole("checkbox", { name: /^Select / });
    for (let i = 0; i < 3; i++) await boxes.nth(i).check({ force: true }); // oxlint-disable-line no-await-in-loop
    await p.keyboard.press("s");
    await p.getByRole("dialog").waitFor();
  },
});
await picture("palette", "accounts.agent", at, {
  then: async (p) => {
    await p.keyboard.press("Control+k");
    await p.getByRole("dialog").waitFor();
    await p.keyboard.type("share", { delay: 30 });
  },
});
await picture("keys", "accounts.agent", at, {
  then: async (p) => {
    await p.keyboard.press("?");
    await p.getByRole("dialog").waitFor();
  },
});
await picture("refused", "restricted.agent", `/tickets/${talked}`, {
  then: async (p) => {
    const form = p.getByRole("main");
    await form.getByRole("textbox").first().fill("I handle the payroll run this month.");
  },
});
const asker = (await page("restricted.agent")).context().request;
await asker.post(`/api/v1/tickets/${talked}/access-requests`, { data: { level: "comment", reason: "I handle the payroll run this month." } });
await picture("requests", "accounts.agent", "/requests");
await picture("settings", "owner", "/admin/settings");
await picture("people", "owner", "/admin/people");
await picture("all-shares", "owner", "/admin/shares");
await picture("audit", "owner", "/admin/audit");
const rules = (await (await (await page("owner")).context().request.get("/api/v1/rules")).json()).items;
const ruleAt = (kind) => `/admin/rules/${kind}/${rules.find((r) => r.kind === kind).id}`;
await picture("rules", "owner", "/admin/rules/update");
await picture("partner", "owner", "/admin/partners/1");
await picture("partner-preview", "owner", at, {
  then: async (p) => {
    await p.getByRole("combobox", { name: "Share ticket with …" }).selectOption({ index: 1 });
    await p.getByRole("button", { name: "What they will see" }).click();
    await p.getByRole("dialog", { name: "What they will see" }).locator(".partner-shown").waitFor();
  },
});
await picture("rule", "owner", ruleAt("time"), {
  then: async (p) => {
    await p.getByRole("button", { name: "Last 100 tickets" }).click();
    await p.locator(".rule-tried-one").first().waitFor();
  },
});
await picture("rule-actions", "owner", `${ruleAt("update")}?step=2`);
await picture("macro", "accounts.agent", at, {
  then: async (p) => {
    await p.keyboard.press("Shift+M");
    await p.getByRole("dialog").getByRole("option").first().waitFor();
  },
});
await picture("promises", "owner", "/admin/sla");
await picture("phone-rule", "owner", `${ruleAt("update")}?step=2`, { phone: true });
await picture("phone-list", "accounts.agent", "/tickets?view=all", { phone: true });
await picture("phone-ticket", "accounts.agent", at, { phone: true });
await picture("phone-share", "accounts.agent", at, { phone: true, then: openShare });

await browser.close();
program.kill("SIGTERM");
await new Promise((done) => program.once("exit", done));
rmSync(folder, { recursive: true, force: true });
