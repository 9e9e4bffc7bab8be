// node e2e/shots.mjs BASE OUT [address@of.person] PATH... : pictures of pages at 1440 (light, dark) and 390 px.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const [base, out, who, ...paths] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const [width, height, colorScheme] of [[1440, 900, "light"], [390, 844, "light"], [1440, 900, "dark"]]) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, deviceScaleFactor: 1 });
  const page = await context.newPage();
  page.on("pageerror", (e) => console.log("page error:", e.message));
  page.on("console", (m) => m.type() === "error" && console.log("console:", m.text()));
  await page.request.post(`${base}/api/v1/sessions`, { data: { address: who, password: "deskmesh-demo" } });
  for (const path of paths) {
    await page.goto(base + path);
    await page.waitForLoadState("networkidle").catch(() => {});
    await page.waitForTimeout(400);
    const name = path.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "home";
    await page.screenshot({ path: `${out}/${name}-${width}-${colorScheme}.png` });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) console.log(`${path} at ${width}: ${wide} px too wide`);
  }
  await context.close();
}
await browser.close();
