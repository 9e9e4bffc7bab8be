import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, accounts, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test("an agent who signs in comes to the workspace", async () => {
  const page = await rig.page({ as: "" });
  await page.goto(`${rig.url}/tickets?view=mine`);
  await page.getByLabel(/mail/i).fill(accounts);
  await page.getByLabel(/password/i).fill("deskmesh-demo");
  await page.getByRole("button", { name: /sign in/i }).first().click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  assert.match(page.url(), /\/tickets\?view=mine/);
});

test("the shell has no finding of axe and fits at 320 px", async () => {
  for (const dark of [false, true]) {
    for (const width of [1440, 390, 320]) {
      const page = await rig.page({ width, dark });
      await page.goto("/");
      await page.locator("#root [data-heading]").first().waitFor({ state: "attached" });
      await rig.axe(page, `home, ${width} px, ${dark ? "dark" : "light"}`);
      await rig.fits(page, `home, ${width} px`);
      await page.close();
    }
  }
});
