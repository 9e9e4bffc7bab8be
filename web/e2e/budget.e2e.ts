import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, owner, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/** Everything that the browser loaded for the page so far, in bytes as they came over the line. */
async function loaded(path: string, shown: string) {
  const page = await rig.page({ as: owner });
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const kinds = new Map<string, string>();
  const bytes: Record<string, number> = {};
  session.on("Network.responseReceived", (e) => kinds.set(e.requestId, e.type));
  session.on("Network.loadingFinished", (e) => {
    const kind = kinds.get(e.requestId) ?? "";
    bytes[kind] = (bytes[kind] ?? 0) + e.encodedDataLength;
  });
  await page.goto(path);
  await page.locator(shown).first().waitFor();
  const until = { ...bytes };
  await page.close();
  return until;
}

// The budget is 140 KB of scripts and 15 KB of style sheets. It is not met yet: these bounds hold what was reached, so that it
// does not grow, and are lowered with every KB that is saved. What comes in the quiet moment after the row is not counted on
// purpose, but part of it may have arrived when the page is asked.
const reached = { scripts: 215_000, sheets: 16_500 };

test("what Chromium loads until the first row shows does not grow", async () => {
  const bytes = await loaded("/tickets?view=all", ".row");
  console.log("bytes until the first row:", JSON.stringify(bytes));
  assert.ok((bytes["Script"] ?? 0) <= reached.scripts, `scripts: ${bytes["Script"]} bytes`);
  assert.ok((bytes["Stylesheet"] ?? 0) <= reached.sheets, `style sheets: ${bytes["Stylesheet"]} bytes`);
});
