import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type APIRequestContext, type Browser, type BrowserContext, type Page, type Request, type Response, chromium, request as requests } from "playwright-core";
import { TestRunner, onTestFinished } from "vitest";

// What the tests in a browser stand on: the real program with demo data and a database of its own, and Debian's Chromium.

export const password = "deskmesh-demo";
export const owner = "owner@acme.example";
export const accounts = "accounts.agent@acme.example";
export const hr = "hr.agent@acme.example";
export const hrSecond = "hr.second@acme.example";
export const noShare = "noshare.agent@acme.example";
export const restricted = "restricted.agent@acme.example";

const root = resolve(import.meta.dirname, "../..");
const axeSource = readFileSync(join(root, "web/node_modules/axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export type PageOptions = { as?: string; width?: number; height?: number; dark?: boolean; reduced?: boolean; scripts?: boolean };

/** A client of the JSON API, signed in as somebody. Every method gives the status and the body. */
export type Api = Record<"get" | "post" | "patch" | "put" | "delete", (path: string, body?: unknown) => Promise<{ status: number; body: any }>>;

export type Rig = Awaited<ReturnType<typeof startRig>>;

/** Chromium as Debian installs it: without anything to show it in, which takes half the time, or whole. Pages are the same to both. */
const programs = ["/usr/lib/chromium/chromium-headless-shell", "/usr/bin/chromium"];

/** How long a page may take for one step, in ms: much more than it needs, for a machine that is busy with other work. */
const patience = 45_000;

/** until waits for something that no page shows. */
export async function until(what: string, check: () => Promise<boolean> | boolean) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
    if (await check()) return;
  }
  assert.fail(`it did not happen: ${what}`);
}

/** once makes a name that no earlier try of a test has used. */
let names = 0;
export const once = (name: string) => `${name} ${++names}`;

const refusals = new WeakMap<Page, Response[]>();

const busy = new WeakMap<Page, Set<Request>>();

/** settled waits until a page has what it asked for, and has drawn it. The stream of live lines never ends and does not count. */
export async function settled(page: Page) {
  const quiet = async () => {
    if ((busy.get(page)?.size ?? 0) > 0 || (await page.locator(".skeletons").count()) > 0) return false;
    await drawn(page);
    return (busy.get(page)?.size ?? 0) === 0;
  };
  await until(`${page.url()} has come to rest: ${[...(busy.get(page) ?? [])].map((r) => r.url())}`, quiet);
}

/** drawn waits until a page has been drawn once more. */
export const drawn = (page: Page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** tell prints what a page showed when its test failed, and what the server had refused it. */
async function tell(page: Page) {
  const text = await page.evaluate(() => document.body.innerText).catch((error: unknown) => String(error));
  const refused = (refusals.get(page) ?? []).map((r) => `${r.status()} ${r.request().method()} ${r.url()}`);
  console.log(`the page stood at ${page.url()}${refused.map((line) => `\n  ${line}`).join("")}\n${text.replace(/\n{2,}/g, "\n").slice(0, 4000)}`);
}

/** run starts the program and waits until it is ready. */
async function run(database: string, folder: string, listen: string, flags: string[]): Promise<{ url: string; smtp: number; child: ChildProcess }> {
  const program = process.env.DESKMESH_BIN ?? join(root, "bin/deskmesh");
  assert.ok(existsSync(program), `there is no program at ${program}: make build`);
  const child = spawn(
    program,
    ["serve", "--demo", "--db", database, "--data", folder, "--listen", listen, "--smtp-listen", "127.0.0.1:0", "--limit-caller", "0", "--limit-address", "0", "--limit-partner", "0", ...flags],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  const url = await new Promise<string>((ready, fail) => {
    const late = setTimeout(() => fail(new Error(`the program is not ready after 120 s:\n${said}`)), 120_000);
    child.on("exit", (code) => fail(new Error(`the program ended with ${code}:\n${said}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data: Buffer) => {
        said = (said + data.toString()).slice(-20_000);
        const address = /^ready (http\S+)/m.exec(said)?.[1];
        if (address) {
          clearTimeout(late);
          ready(address);
        }
      });
    }
  });
  const smtp = Number(/taking mail.*?127\.0\.0\.1:(\d+)/.exec(said)?.[1]);
  return { url, smtp, child };
}

/** A server of the program with a database of its own. */
export type Server = { url: string; smtp: number; stop: () => Promise<void>; start: () => Promise<void>; remove: () => Promise<void> };

/**
 * serve starts the program on a database of its own: a file, or what DESKMESH_E2E_DATABASES gives, an address that hands out
 * empty ones. A server that was stopped starts again at the same port, with what it had.
 */
async function serve(flags: string[]): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "deskmesh-e2e-"));
  const giver = process.env.DESKMESH_E2E_DATABASES;
  const database = giver ? await (await fetch(giver)).text() : `sqlite:${folder}/deskmesh.db`;
  const first = await run(database, folder, "127.0.0.1:0", flags);
  const { url } = first;
  let child: ChildProcess | undefined = first.child;
  const stop = async () => {
    if (!child) return;
    child.removeAllListeners("exit");
    const ended = new Promise((done) => child?.once("exit", done));
    child.kill("SIGTERM");
    await ended;
    child = undefined;
  };
  const server: Server = {
    url,
    smtp: first.smtp,
    stop,
    async start() {
      if (child) return;
      const again = await run(database, folder, `127.0.0.1:${new URL(url).port}`, flags);
      child = again.child;
      server.smtp = again.smtp;
    },
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return server;
}

/** deliver hands a mail to an SMTP server, as another mail server would. */
async function deliver(port: number, from: string, to: string, mail: string) {
  const line = connect(port, "127.0.0.1");
  const answers = createInterface({ input: line })[Symbol.asyncIterator]();
  const expect = async (code: string) => {
    for (;;) {
      const { value, done } = await answers.next();
      if (done || !value.startsWith(code)) assert.fail(`the mail server says ${value}, not ${code}`);
      if (value[3] !== "-") return;
    }
  };
  await expect("220");
  const rest = ["EHLO test.example", `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, "DATA", `${mail.replace(/\r?\n/g, "\r\n").replace(/^\./gm, "..")}\r\n.`, "QUIT"];
  for (const [i, say] of rest.entries()) {
    line.write(`${say}\r\n`);
    await expect(["250", "250", "250", "354", "250", "221"][i]!);
  }
  line.destroy();
}

/** codeOf is what an authenticator shows for a secret (RFC 6238): now, or that many steps of 30 s later. */
export function codeOf(secret: string, later = 0): string {
  let bits = "";
  for (const c of secret.replace(/=+$/, "")) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((b) => Number.parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const mac = createHmac("sha1", key).update(step).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** startRig starts the program and a browser. Close it at the end. flags are more flags of `deskmesh serve`. */
export async function startRig(flags: string[] = []) {
  const server = await serve(flags);
  const { url } = server;
  const others: Server[] = [];
  const browser: Browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? programs.find(existsSync),
    args: ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"],
  });
  // Errors in pages that no test has answered for yet.
  let problems: string[] = [];
  const contexts = new Set<BrowserContext>();
  const clients = new Map<string, APIRequestContext>();

  /** signedIn gives a client of the API for somebody. A sign-in is dear, so there is one for each person as long as it holds. */
  async function signedIn(as: string): Promise<APIRequestContext> {
    const client = clients.get(as) ?? (await requests.newContext({ baseURL: url, timeout: patience }));
    clients.set(as, client);
    if ((await client.get("/api/v1/me")).status() !== 200) {
      const answer = await client.post("/api/v1/sessions", { data: { address: as, password } });
      assert.equal(answer.status(), 201, `signing in as ${as}: ${await answer.text()}`);
    }
    return client;
  }

  async function context({ as = owner, width = 1440, height = 900, dark = false, reduced = true, scripts = true }: PageOptions = {}) {
    const made = await browser.newContext({
      baseURL: url,
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      reducedMotion: reduced ? "reduce" : "no-preference",
      javaScriptEnabled: scripts,
      hasTouch: width < 720,
      locale: "en-GB",
      ...(as ? { storageState: await (await signedIn(as)).storageState() } : {}),
    });
    made.setDefaultTimeout(patience);
    contexts.add(made);
    if (TestRunner.getCurrentTest()) {
      onTestFinished(async ({ task }) => {
        if (task.result?.state === "fail") for (const page of made.pages()) await tell(page);
        contexts.delete(made);
        await made.close();
        const found = problems;
        problems = [];
        assert.deepEqual(found, [], "errors in the browser");
      });
    }
    return made;
  }

  // What is sent goes at once, but for tests of undoing it.
  const desk = await context();
  const set = await desk.request.patch("/api/v1/settings", { data: { "replies.undo_seconds": 0 } });
  assert.equal(set.status(), 200, await set.text());
  await desk.close();

  return {
    url,
    browser,
    context,
    /** another starts a second server, with a database of its own. The rig removes it when it closes. */
    async another(): Promise<Server> {
      const other = await serve(flags);
      others.push(other);
      return other;
    },
    /** page opens a signed-in page, which is closed when its test ends. What breaks in it (a script error, a refusal by the CSP) fails the test. */
    async page(options: PageOptions = {}): Promise<Page> {
      const page = await (await context(options)).newPage();
      page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
      page.on("console", (m) => {
        if (m.type() === "error" && !/Failed to load resource|net::ERR/.test(m.text())) problems.push(`${page.url()}: ${m.text()}`);
      });
      const asked = new Set<Request>();
      busy.set(page, asked);
      page.on("request", (r) => !/\/api\/v1\/(live|presence)/.test(r.url()) && asked.add(r));
      page.on("requestfinished", (r) => asked.delete(r));
      page.on("requestfailed", (r) => asked.delete(r));
      page.on("response", (answer) => answer.status() >= 400 && refusals.set(page, [...(refusals.get(page) ?? []), answer]));
      return page;
    },
    /** api gives a client of the JSON API. */
    async api(as: string = owner): Promise<Api> {
      const request = await signedIn(as);
      const method = (name: string) => async (path: string, body?: unknown) => {
        const answer = await request.fetch(`/api/v1${path}`, { method: name, ...(body === undefined ? {} : { data: body }) });
        const text = await answer.text();
        return { status: answer.status(), body: text ? JSON.parse(text) : undefined };
      };
      return { get: method("GET"), post: method("POST"), patch: method("PATCH"), put: method("PUT"), delete: method("DELETE") };
    },
    /** send brings a mail to the desk. */
    send: (from: string, to: string, subject: string, text: string) =>
      deliver(server.smtp, from, to, `From: <${from}>\nTo: <${to}>\nSubject: ${subject}\nDate: ${new Date().toUTCString()}\nMessage-ID: <${Math.random()}@test.example>\n\n${text}`),
    /** unshare ends the live shares of a ticket, so that a test can start again: all of them, or those with one name. */
    async unshare(number: number, name?: string) {
      const boss = await this.api();
      for (const share of (await boss.get(`/tickets/${number}/shares`)).body.items) {
        if (!name || share.target.name === name) assert.ok((await boss.delete(`/tickets/${number}/shares/${share.id}`)).status < 300);
      }
    },
    /** unshareAll ends every live share with somebody, as unshare does. */
    async unshareAll(name: string) {
      const boss = await this.api();
      const live = (await boss.get(`/shares?state=live&limit=200&q=${encodeURIComponent(name)}`)).body.items as { ticket: { number: number } }[];
      for (const number of new Set(live.map((s) => s.ticket.number))) await this.unshare(number, name);
    },
    /** mails gives what the demo's mailbox kept, newest first. */
    async mails(): Promise<{ to: string[]; subject: string; text: string; headers: Record<string, string> }[]> {
      const answer = await fetch(`${url}/demo/mailbox`, { headers: { Accept: "application/json" } });
      return ((await answer.json()) as { items: [] }).items;
    },
    /** axe fails on a WCAG A or AA finding in what the page shows. rules narrows it to some of them. */
    async axe(page: Page, state: string, rules?: string[]) {
      await page.evaluate(`globalThis.axe || (() => {${axeSource}})();0`);
      const found = await page.evaluate(
        async (only) => {
          const run = await (globalThis as any).axe.run(document, { runOnly: only, resultTypes: ["violations"], preload: false });
          return run.violations.map((v: any) => `${v.id} (${v.impact}): ${v.nodes.map((n: any) => `${n.target.join(" ")} ${n.failureSummary}`).join(" | ")}`.slice(0, 900));
        },
        rules ? { type: "rule", values: rules } : { type: "tag", values: tags },
      );
      assert.deepEqual(found, [], `axe in the state "${state}"`);
    },
    /** looks holds what a page shows against axe in light and in dark, and sees that it fits, at its width and on a phone at 320 px. */
    async looks(page: Page, state: string) {
      const { width, height } = page.viewportSize()!;
      const full = `${state}, ${width} px`;
      await this.axe(page, `${full}, light`);
      await page.emulateMedia({ colorScheme: "dark" });
      await this.axe(page, `${full}, dark`, ["color-contrast", "link-in-text-block"]); // the others do not see colours
      await page.emulateMedia({ colorScheme: "light" });
      await this.fits(page, full);
      if (width > 400) return;
      await page.setViewportSize({ width: 320, height });
      await this.fits(page, `${state}, 320 px`);
      await page.setViewportSize({ width, height });
    },
    /** fits fails where the page can be scrolled sideways. What floats finds its place a moment after the page got another width. */
    async fits(page: Page, state: string) {
      const over = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await until(`the page fits in the state "${state}"`, async () => (await over()) <= 0);
    },
    async close() {
      await Promise.all([...contexts].map((c) => c.close()));
      await Promise.all([...clients.values()].map((c) => c.dispose()));
      await browser.close();
      await Promise.all([server, ...others].map((s) => s.remove()));
      assert.deepEqual(problems, [], "errors in the browser");
    },
  };
}
