import assert from "node:assert/strict";
import { afterAll, beforeAll, onTestFinished, test } from "vitest";
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

test("the workspace speaks German, and a text of every area is there", async () => {
  const page = await rig.page({ as: owner });
  const answer = await page.request.patch("/api/v1/me", { data: { preferences: { locale: "de" } } });
  assert.equal(answer.status(), 200, await answer.text());
  onTestFinished(async () => void (await (await rig.api()).patch("/me", { preferences: { locale: "" } })));
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

test("with less motion nothing moves, and with motion nothing moves for long", async () => {
  for (const reduced of [true, false]) {
    const page = await rig.page({ as: owner, reduced });
    await page.goto("/tickets/22?share=1");
    await page.getByRole("dialog", { name: "Share Ticket" }).locator(".share-row").first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "History" }).waitFor();
    const longest = await page.evaluate(() => {
      const seconds = (list: string) => Math.max(...list.split(",").map((x) => (x.trim().endsWith("ms") ? Number.parseFloat(x) / 1000 : Number.parseFloat(x))));
      const times = [...document.querySelectorAll("*")].map((e) => getComputedStyle(e)).map((s) => Math.max(seconds(s.transitionDuration), s.animationIterationCount === "infinite" ? 0 : seconds(s.animationDuration)));
      return Math.max(...times);
    });
    assert.ok(longest <= (reduced ? 0.01 : 0.2), `something moves for ${longest} s, ${reduced ? "with" : "without"} less motion`);
  }
});
