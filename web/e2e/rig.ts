import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";

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

/** serve starts the program on a database of its own: a file, or what DESKMESH_E2E_DATABASES gives, an address that hands out empty ones. */
async function serve(flags: string[]): Promise<{ url: string; child: ChildProcess; folder: string }> {
  const program = process.env.DESKMESH_BIN ?? join(root, "bin/deskmesh");
  assert.ok(existsSync(program), `there is no program at ${program}: make build`);
  const folder = mkdtempSync(join(tmpdir(), "deskmesh-e2e-"));
  const giver = process.env.DESKMESH_E2E_DATABASES;
  const database = giver ? await (await fetch(giver)).text() : `sqlite:${folder}/deskmesh.db`;
  const child = spawn(
    program,
    ["serve", "--demo", "--next-free-port", "--db", database, "--data", folder, "--listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0", "--limit-caller", "0", "--limit-address", "0", ...flags],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  const url = await new Promise<string>((ready, fail) => {
    const late = setTimeout(() => fail(new Error(`the program is not ready after 60 s:\n${said}`)), 60_000);
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
  return { url, child, folder };
}

/** startRig starts the program and a browser. Close it at the end. flags are more flags of `deskmesh serve`. */
export async function startRig(flags: string[] = []) {
  const { url, child, folder } = await serve(flags);
  const browser: Browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"],
  });
  const problems: string[] = [];
  const contexts: BrowserContext[] = [];

  async function context({ as = owner, width = 1440, height = 900, dark = false, reduced = true, scripts = true }: PageOptions = {}) {
    const made = await browser.newContext({
      baseURL: url,
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      reducedMotion: reduced ? "reduce" : "no-preference",
      javaScriptEnabled: scripts,
      hasTouch: width < 720,
      locale: "en-GB",
    });
    made.setDefaultTimeout(15_000);
    contexts.push(made);
    if (as) {
      const answer = await made.request.post("/api/v1/sessions", { data: { address: as, password } });
      assert.equal(answer.status(), 201, `signing in as ${as}: ${await answer.text()}`);
    }
    return made;
  }

  // What is sent goes at once, but for tests of undoing it.
  const desk = await context();
  const set = await desk.request.patch("/api/v1/settings", { data: { "replies.undo_seconds": 0 } });
  assert.equal(set.status(), 200, await set.text());
  await desk.close();
  contexts.length = 0;

  return {
    url,
    browser,
    context,
    /** page opens a signed-in page. What breaks in it (a script error, a refusal by the CSP) fails rig.close(). */
    async page(options: PageOptions = {}): Promise<Page> {
      const page = await (await context(options)).newPage();
      page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
      page.on("console", (m) => {
        if (m.type() === "error" && !/Failed to load resource|net::ERR/.test(m.text())) problems.push(`${page.url()}: ${m.text()}`);
      });
      return page;
    },
    /** api gives a client of the JSON API. */
    async api(as: string = owner): Promise<Api> {
      const request = (await context({ as })).request;
      const method = (name: string) => async (path: string, body?: unknown) => {
        const answer = await request.fetch(`/api/v1${path}`, { method: name, ...(body === undefined ? {} : { data: body }) });
        const text = await answer.text();
        return { status: answer.status(), body: text ? JSON.parse(text) : undefined };
      };
      return { get: method("GET"), post: method("POST"), patch: method("PATCH"), put: method("PUT"), delete: method("DELETE") };
    },
    /** axe fails on a WCAG A or AA finding in what the page shows. */
    async axe(page: Page, state: string) {
      await page.evaluate(`${axeSource};0`);
      const found = await page.evaluate(async (only) => {
        const run = await (globalThis as any).axe.run(document, { runOnly: { type: "tag", values: only }, resultTypes: ["violations"] });
        return run.violations.map((v: any) => `${v.id} (${v.impact}): ${v.nodes.map((n: any) => `${n.target.join(" ")} ${n.failureSummary}`).join(" | ")}`.slice(0, 900));
      }, tags);
      assert.deepEqual(found, [], `axe in the state "${state}"`);
    },
    /** fits fails where the page can be scrolled sideways. */
    async fits(page: Page, state: string) {
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(over <= 0, `the page is ${over} px too wide in the state "${state}"`);
    },
    async close() {
      await Promise.all(contexts.map((c) => c.close()));
      await browser.close();
      child.removeAllListeners("exit");
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
      assert.deepEqual(problems, [], "errors in the browser");
    },
  };
}
