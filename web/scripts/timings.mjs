// node scripts/timings.mjs BASE ADDRESS [RUNS] [FILE]: how fast the workspace feels, in Chromium, beside the budgets.
//
// BASE is a running desk, best with 100,000 tickets of `deskmesh seed`; ADDRESS a person of it, such as full@volume.example.
// It must not limit callers: `deskmesh serve --limit-caller 0 --limit-address 0`. Medians of RUNS (5) runs. "slow" is a
// phone: 390 by 844, a processor four times slower, 1.6 Mbit/s, 150 ms, no cache. With FILE the figures are written there as
// Markdown (docs/benchmarks-browser.md).
//
// Two figures each: the time on the clock, which grows with whatever else the machine does, and the processor time that the
// page's main thread took in it, which hardly does. It fails where the clock is past one and a half times a budget on a
// machine that was quiet, or the processor time on one that was not.
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release } from "node:os";
import { chromium } from "playwright-core";

const [base, address, runs = "5", file] = process.argv.slice(2);
const load = [loadavg()[0]];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

const budgets = {
  "desktop: ready for input": 600,
  "slow: ready for input": 2200,
  "slow: blocking": 300,
  "desktop: a ticket opens, data at hand": 100,
  "desktop: the share dialog opens": 100,
  "scrolling 10,000 rows: longest task": 50,
};

const figures = new Map();
const sizes = new Map();
function note(name, clock, processor) {
  const row = figures.get(name) ?? { clock: [], processor: [] };
  row.clock.push(clock);
  if (processor !== undefined) row.processor.push(processor);
  figures.set(name, row);
}

const watch = () => {
  const seen = new MutationObserver(() => {
    if (document.querySelector(".row")) {
      performance.mark("first-row");
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

/** traced does something with a page and gives the tasks of its main thread, and the marks that it set, in ms. */
async function traced(page, act) {
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "blink.user_timing"] });
  await act();
  const { traceEvents: events } = JSON.parse((await browser.stopTracing()).toString());
  const mark = events.findLast((e) => e.cat?.includes("blink.user_timing") && e.name === "end") ?? events.findLast((e) => e.name === "first-row");
  const main = events.filter((e) => e.pid === mark.pid && e.tid === mark.tid);
  const tasks = main.filter((e) => e.ph === "X" && e.name.endsWith("RunTask")).map((e) => ({ at: e.ts / 1000, clock: (e.dur ?? 0) / 1000, processor: (e.tdur ?? 0) / 1000 }));
  const at = (name) => main.findLast((e) => e.name === name)?.ts / 1000;
  return { tasks, at, between: (from, to) => tasks.filter((task) => task.at + task.clock >= from && task.at <= to) };
}
const sum = (list, of) => list.reduce((all, one) => all + of(one), 0);
const processorOf = (tasks) => sum(tasks, (task) => task.processor);

/** press measures from a press until something shows. */
async function press(name, page, run, shown) {
  const { at, between } = await traced(page, async () => {
    await page.evaluate((wanted) => {
      const seen = new MutationObserver(() => {
        if (!document.querySelector(wanted)) return;
        seen.disconnect();
        performance.mark("shown");
        requestAnimationFrame(() => setTimeout(() => performance.mark("end")));
      });
      seen.observe(document, { childList: true, subtree: true });
      // What counts begins with the first event of the press, not with the orders of the script that presses.
      for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => performance.mark("begin"), { capture: true, once: true });
    }, shown);
    await run();
    await page.waitForFunction(() => performance.getEntriesByName("end").length > 0);
  });
  note(name, at("end") - at("begin"), processorOf(between(at("begin"), at("end"))));
  await page.evaluate(() => performance.clearMarks());
}

async function start(kind, page, quiet) {
  const { tasks, at, between } = await traced(page, async () => {
    await page.goto("/tickets?view=all");
    await page.locator(".row").first().waitFor();
    await page.waitForTimeout(quiet);
  });
  const { first, painted, ...loaded } = await page.evaluate(() => {
    const until = performance.getEntriesByName("first-row")[0].startTime;
    const files = performance.getEntriesByType("resource").filter((e) => e.responseEnd <= until);
    const sum = (kind) => files.filter((e) => kind.test(new URL(e.name).pathname)).reduce((all, e) => all + e.encodedBodySize, 0) / 1000;
    return { first: until, painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? until, "scripts until the first row": sum(/\.js$/), "style sheets until the first row": sum(/\.css$/), "answers of the API until the first row": sum(/^\/api\//) };
  });
  for (const [name, kb] of Object.entries(loaded)) sizes.set(name, kb);
  // The page's own clock begins with the navigation, which the trace may have begun in another process.
  const row = at("first-row");
  const begin = row - first;
  // What comes in a quiet moment later (menus, the ticket's code) blocks too, but nobody waits for it to begin.
  const long = (of) => between(begin, row + 500).filter((task) => of(task) > 50);
  const ready = Math.max(row, ...long((task) => task.clock).map((task) => task.at + task.clock));
  note(`${kind}: first paint`, painted, processorOf(between(begin, begin + painted)));
  note(`${kind}: first row`, row - begin, processorOf(between(begin, row)));
  note(`${kind}: ready for input`, ready - begin, processorOf(between(begin, ready)));
  note(`${kind}: blocking`, sum(long((task) => task.clock), (task) => task.clock - 50), sum(long((task) => task.processor), (task) => task.processor - 50));
}

async function scroll() {
  const { context, page } = await open(false);
  // Solved ones too: a desk with 100,000 tickets has fewer than 10,000 open.
  await page.goto("/tickets?view=all&state=any");
  const first = page.locator(".row").first();
  await first.waitFor();
  await page.waitForTimeout(3000);
  const box = await first.boundingBox();
  await page.mouse.move(box.x + 100, box.y + 40);
  let reached = 0;
  const { tasks } = await traced(page, async () => {
    for (let turns = 0; reached < 10_000 && turns < 1000; turns++) {
      await page.mouse.wheel(0, 3000);
      await page.waitForTimeout(30);
      if (turns % 20 === 0) reached = await page.evaluate(() => Math.max(...[...document.querySelectorAll(".row")].map((row) => Number(row.getAttribute("aria-posinset")))));
    }
    await page.evaluate(() => performance.mark("end"));
  });
  note("scrolling 10,000 rows: row reached", reached);
  note("scrolling 10,000 rows: longest task", Math.max(...tasks.map((task) => task.clock)), Math.max(...tasks.map((task) => task.processor)));
  note("scrolling 10,000 rows: tasks over 50 ms", tasks.filter((task) => task.clock > 50).length, tasks.filter((task) => task.processor > 50).length);
  await context.close();
}

for (let run = 0; run < Number(runs); run++) {
  for (const slow of [false, true]) {
    const kind = slow ? "slow" : "desktop";
    const { context, page } = await open(slow);
    await start(kind, page, slow ? 5000 : 3000);
    const row = page.locator(".row-main").nth(2);
    if (!slow) await row.hover();
    await page.waitForTimeout(1500);
    await press(`${kind}: a ticket opens${slow ? "" : ", data at hand"}`, page, () => row.click(), ".ticket-head h1, .ticket-head h2");
    await page.waitForTimeout(slow ? 5000 : 3000);
    await page.getByRole("button", { name: /^Share/ }).first().hover();
    await page.waitForTimeout(500);
    await press(`${kind}: the share dialog opens`, page, () => page.getByRole("button", { name: /^Share/ }).first().click(), '[role="dialog"]');
    await context.close();
  }
  await scroll();
  load.push(loadavg()[0]);
  console.error(`run ${run + 1} of ${runs}:`, JSON.stringify(Object.fromEntries([...figures].map(([name, { clock, processor }]) => [name, [clock, processor].map((list) => Math.round(list.at(-1) ?? -1))]))));
}
const version = browser.version();
await browser.close();

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const busiest = Math.max(...load);
const quiet = busiest <= availableParallelism();
const over = [];
const table = ["| what | on the clock, ms | processor, ms | budget, ms |", "|---|---:|---:|---:|"];
for (const [name, { clock, processor }] of figures) {
  const budget = budgets[name];
  const held = median(quiet || processor.length === 0 ? clock : processor);
  if (budget && held > budget * 1.5) over.push(name);
  table.push(`| ${name} | ${Math.round(median(clock))} | ${processor.length > 0 ? Math.round(median(processor)) : ""} | ${budget ?? ""} |`);
}
const most = { "scripts until the first row": 140, "style sheets until the first row": 15 };
table.push("", "| what | over the line, packed, KB | budget, KB |", "|---|---:|---:|", ...[...sizes].map(([name, kb]) => `| ${name} | ${kb.toFixed(1)} | ${most[name] ?? ""} |`));
console.log(table.join("\n"));
console.log(`load ${load.map((l) => l.toFixed(1)).join(", ")} on ${availableParallelism()} processors; over 1.5 times the budget: ${over.join(", ") || "none"}`);
if (file) {
  const busy = quiet
    ? "The machine was quiet."
    : `**Other programs kept this machine busy meanwhile (load ${busiest.toFixed(0)} on ${availableParallelism()} processors): the times on the clock are too long,\nand the processor times are what to read. Repeat the run on a quiet machine.**`;
  writeFileSync(
    file,
    `# Benchmarks of the workspace\n\nWritten by \`web/scripts/timings.mjs\`; do not edit by hand.\n\n` +
      `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model.trim()}, ${availableParallelism()} processors, Linux ${release()}, Chromium ${version}; medians of ${runs} runs.\n${busy}\n\n` +
      `The real program serves 100,000 tickets of \`deskmesh seed\` from SQLite to ${address}. *desktop* is 1440 by 900 without limits; *slow* a\n` +
      `phone: 390 by 844, a processor four times slower, 1.6 Mbit/s, 150 ms, nothing kept. *Processor* is what the page's main thread\n` +
      `took of it, which hardly depends on what else runs. *Ready for input* is the later of the first row and the last task over 50 ms,\n` +
      `*blocking* what such tasks took beyond 50 ms, until half a second after the first row. A ticket opens by a click on a row that the pointer was on, the dialog by its\n` +
      `button; both end with the first picture that shows it. Sizes are held for all chunks by \`web/scripts/sizes.mjs\` and \`web/e2e/budget.e2e.ts\`.\n\n${table.join("\n")}\n\n` +
      `Past one and a half times the budget: ${over.join(", ") || "none"}.\n`,
  );
}
process.exit(over.length > 0 ? 1 : 0);
