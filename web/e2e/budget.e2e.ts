import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, owner, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/** What had come in until the first row stood there, in bytes over the line. What a quiet moment after it brings does not count. */
async function loaded(path: string, coding: string) {
  const page = await rig.page({ as: owner });
  await page.setExtraHTTPHeaders({ "Accept-Encoding": coding });
  await page.addInitScript(() => {
    const watch = new MutationObserver(() => {
      if (!document.querySelector(".row")) return;
      (window as unknown as { firstRow: number }).firstRow = performance.now();
      watch.disconnect();
    });
    watch.observe(document, { childList: true, subtree: true });
  });
  await page.goto(path);
  await page.locator(".row").first().waitFor();
  const bytes = await page.evaluate(() => {
    const until = (window as unknown as { firstRow: number }).firstRow;
    const files = (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).filter((e) => e.responseEnd <= until);
    const sum = (ending: string) => files.filter((e) => e.name.endsWith(ending)).reduce((all, e) => all + e.encodedBodySize, 0);
    return { scripts: sum(".js"), sheets: sum(".css") };
  });
  await page.close();
  return bytes;
}

const budget = { scripts: 140_000, sheets: 15_000 };

// Browsers take brotli on encrypted connections and from their own machine, and gzip from everywhere else.
test.each(["br", "gzip"])("what Chromium loads until the first row shows stays within the budget, packed by %s", async (coding) => {
  const bytes = await loaded("/tickets?view=all", coding);
  console.log(`bytes until the first row, ${coding}:`, JSON.stringify(bytes));
  assert.ok(bytes.scripts > 0 && bytes.scripts <= budget.scripts, `scripts: ${bytes.scripts} bytes`);
  assert.ok(bytes.sheets > 0 && bytes.sheets <= budget.sheets, `style sheets: ${bytes.sheets} bytes`);
});
