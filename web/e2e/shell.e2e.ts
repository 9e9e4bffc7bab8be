import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, accounts, owner, startRig } from "./rig.ts";

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

test("the workspace speaks German, and a text of every area is there", async () => {
  const page = await rig.page({ as: owner });
  const answer = await page.request.patch("/api/v1/me", { data: { preferences: { locale: "de" } } });
  assert.equal(answer.status(), 200, await answer.text());
  for (const [path, text] of [
    ["/", "Verwaltung"],
    ["/tickets?view=all", "Nicht zugewiesen"],
    ["/admin/roles", "Rollen"],
    ["/admin/jobs", "Aufträge"],
  ] as const) {
    await page.goto(path);
    await page.getByText(text).first().waitFor();
    const raw = await page.evaluate(() => /\b(app|tickets|ticket|sharing|admin|desk)\.[a-z_]+(\.[a-z_]+)*\b/.exec(document.body.innerText)?.[0] ?? "");
    assert.equal(raw, "", `a key stands in the place of a text at ${path}`);
  }
  await page.request.patch("/api/v1/me", { data: { preferences: { locale: "" } } });
});

test("written from right to left and at twice the size the workspace still fits", async () => {
  for (const path of ["/", "/tickets?view=all", "/tickets/20", "/admin/settings"]) {
    const page = await rig.page({ as: owner, width: 720, height: 450 }); // 1440 by 900 at 200 %
    await page.goto(path);
    await page.locator("#root [data-heading], #root h1").first().waitFor({ state: "attached" });
    await rig.fits(page, `${path} at 200 %`);
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    await rig.fits(page, `${path} from right to left`);
    await rig.axe(page, `${path} from right to left`);
    await page.close();
  }
});
