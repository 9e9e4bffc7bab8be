// node scripts/timings.mjs BASE ADDRESS [RUNS]: how fast the workspace feels, in Chromium, beside the budgets.
//
// BASE is a running desk, best with 100,000 tickets of `deskmesh seed`; ADDRESS a person of it, such as full@volume.example.
// Medians of RUNS (5) runs. "slow" is a phone: 390 by 844, a processor four times slower, 1.6 Mbit/s, 150 ms, no cache.
// It fails where a median is past one and a half times its budget.
import { chromium } from "playwright-core";

const [base, address, runs = "5"] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

const watch = () => {
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => ({ at: e.startTime, ms: e.duration })))).observe({ type: "longtask", buffered: true });
  window.longTasks = tasks;
  const seen = new MutationObserver(() => {
    if (document.querySelector(".row")) {
      window.firstRow = performance.now();
      seen.disconnect();
    }
  });
  seen.observe(document, { childList: true, subtree: true });
};

async function open(slow) {
  const context = await browser.newContext({ baseURL: base, viewport: slow ? { width: 390, height: 844 } : { width: 1440, height: 900 } });
  const answer = await context.request.post("/api/v1/sessions", { data: { address, password: "deskmesh-demo" } });
  if (!answer.ok()) throw new Error(`signing in answers ${answer.status()}`);
  const page = await context.newPage();
  await page.addInitScript(watch);
  const session = await context.newCDPSession(page);
  if (slow) {
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 200_000 });
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  }
  return { context, page };
}

const figures = new Map();
const note = (name, value) => figures.set(name, [...(figures.get(name) ?? []), value]);

/** The time from a press until something shows, on the page's clock. */
async function until(page, press, shown) {
  const begin = await page.evaluate(() => performance.now());
  await press();
  await page.locator(shown).first().waitFor({ state: "visible" });
  return (await page.evaluate(() => performance.now())) - begin;
}

for (let run = 0; run < Number(runs); run++) {
  for (const slow of [false, true]) {
    const { context, page } = await open(slow);
    await page.goto("/tickets?view=all");
    await page.locator(".row").first().waitFor();
    await page.waitForTimeout(slow ? 3000 : 1500);
    const at = await page.evaluate(() => {
      const long = window.longTasks;
      const last = Math.max(0, ...long.map((l) => l.at + l.ms));
      const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
      return { row: window.firstRow, ready: Math.max(window.firstRow, last), blocking: long.reduce((sum, l) => sum + l.ms - 50, 0), paint };
    });
    const kind = slow ? "slow" : "desktop";
    note(`${kind}: first paint`, at.paint);
    note(`${kind}: first row`, at.row);
    note(`${kind}: ready for input`, at.ready);
    note(`${kind}: blocking`, at.blocking);
    const row = page.locator(".row a").nth(2);
    if (!slow) await row.hover();
    await page.waitForTimeout(300);
    note(`${kind}: a ticket opens`, await until(page, () => row.click(), ".ticket-head h1"));
    await page.waitForTimeout(1000);
    const share = page.getByRole("button", { name: /^Share/ }).first();
    if (await share.isVisible()) {
      if (!slow) await share.hover();
      await page.waitForTimeout(500);
      note(`${kind}: the share dialog opens`, await until(page, () => share.click(), '[role="dialog"]'));
    }
    await context.close();
  }
  const { context, page } = await open(false);
  await page.goto("/tickets?view=all");
  await page.locator(".row").first().waitFor();
  await page.waitForTimeout(1000);
  await page.evaluate(() => (window.longTasks.length = 0));
  const box = await page.locator(".row").first().boundingBox();
  await page.mouse.move(box.x + 100, box.y + 40);
  const target = 10_000 * box.height;
  let gone = 0;
  for (let i = 0; gone < target && i < 2000; i++) {
    await page.mouse.wheel(0, 4000);
    await page.waitForTimeout(30);
    gone += 4000;
  }
  note("scrolling 10,000 rows: longest task", await page.evaluate(() => Math.max(0, ...window.longTasks.map((l) => l.ms))));
  await context.close();
}
await browser.close();

const budgets = {
  "desktop: ready for input": 600,
  "slow: ready for input": 2200,
  "slow: blocking": 300,
  "desktop: a ticket opens": 100,
  "desktop: the share dialog opens": 100,
  "scrolling 10,000 rows: longest task": 50,
};
let over = 0;
console.log("| what | median ms | budget |\n|---|---:|---:|");
for (const [name, values] of figures) {
  const median = values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const budget = budgets[name];
  if (budget && median > budget * 1.5) over++;
  console.log(`| ${name} | ${Math.round(median)} | ${budget ?? ""} |`);
}
process.exit(over ? 1 : 0);
