import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Api, type Rig, hr, hrSecond, owner, startRig, until } from "./rig.ts";

// Work on a thousand tickets at once, and taking a list along.

const size = 1000;
let rig: Rig;
let boss: Api;
let inbox: number;
let numbers: number[];
let group: { id: number; name: string };
/** The list of the thousand, and nothing else. */
let list: string;

beforeAll(async () => {
  rig = await startRig();
  boss = await rig.api();
  const brand = (await boss.get("/brands")).body.items[0].id;
  inbox = (await boss.post("/inboxes", { name: "Thousand", address: "thousand@acme.example", brand_id: brand })).body.id;
  group = (await boss.get("/groups")).body.items.find((g: { name: string }) => g.name === "HR");
  const file = async (i: number) => {
    const made = await boss.post("/tickets", { inbox_id: inbox, subject: `Parcel ${i} of many`, text: "Where is it?", requester_address: "mei@customer.example", requester_name: "Mei Tanaka" });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body.number as number;
  };
  numbers = [];
  for (let i = 0; i < size; i += 25) numbers.push(...(await Promise.all(Array.from({ length: 25 }, (_, k) => file(i + k)))));
  list = `/tickets?view=all&filter=${encodeURIComponent(JSON.stringify({ all: [{ field: "inbox", op: "is", value: inbox }] }))}`;
}, 300_000);
afterAll(() => rig.close());

/** Selects the whole list, of which only the first rows are loaded. */
async function whole(page: Page) {
  await page.goto(list);
  await page.locator(".row").nth(3).waitFor();
  await page.waitForFunction((n) => document.querySelector("[data-count]")?.textContent?.replace(/\D/g, "") === String(n), size);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByText("1 selected", { exact: true }).waitFor();
  await page.getByRole("button", { name: /^Select (all|the whole list)/ }).click();
  await page.getByText(/^1,?000\+? selected$/).waitFor();
}

const mailsTo = async (to: string, about: RegExp) => (await rig.mails()).filter((m) => m.to.includes(to) && about.test(m.subject + m.text));

test("S4-18 a thousand tickets are shared as a job with progress, those refused are named, and one mail names all", async () => {
  const end = (await boss.post("/bulk", { tickets: numbers, unshare: { targets: [{ kind: "group", id: group.id }] } })).body.id;
  await until("nothing is shared with the group", async () => (await boss.get(`/bulk/${end}`)).body.state === "done");
  const refused = [numbers[3]!, numbers[500]!, numbers[998]!];
  // Three are shared with as many as may be already.
  const other = (await boss.get("/people?q=support.two@acme.example")).body.items[0].id;
  for (const number of refused) {
    await rig.unshare(number);
    assert.equal((await boss.post(`/tickets/${number}/shares`, { targets: [{ kind: "agent", id: other }], notify: false })).status, 201);
  }
  assert.equal((await boss.patch("/settings", { "sharing.max_internal": 1 })).status, 200);
  const before = new Map<string, number>();
  for (const to of [hr, hrSecond]) before.set(to, (await mailsTo(to, /shared \d+ tickets/)).length);

  const page = await rig.page({ as: owner });
  await whole(page);
  await page.keyboard.press("s");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox").first().pressSequentially(group.name);
  await page.getByRole("option", { name: new RegExp(`^${group.name}`) }).first().click();
  const preview = dialog.getByRole("region", { name: "What will happen" });
  await preview.getByText(/ of .* will be shared\./).waitFor();
  // Something slower than the job asks how far it is, so that the progress is on the screen however fast the machine is.
  let held: (() => void) | undefined;
  const seen = new Promise<void>((done) => (held = done));
  await page.route(/\/api\/v1\/bulk\/\d+$/, async (route) => {
    await seen;
    await route.continue();
  });
  await dialog.getByRole("button", { name: "Share with 1" }).click();
  await dialog.getByRole("progressbar", { name: /./ }).waitFor();
  await rig.axe(page, "a job that runs");
  held?.();
  await dialog.getByText(`${size - refused.length} shared`).waitFor();
  await dialog.getByText(`${refused.length} refused`).waitFor();
  for (const number of refused) {
    const line = dialog.locator("li", { hasText: new RegExp(`#${number}(?!\\d)`) });
    await line.waitFor();
    assert.match(await line.innerText(), /at most 1/);
  }
  await rig.axe(page, "what came of a thousand");
  await dialog.getByRole("button", { name: "Done" }).click();

  for (const to of [hr, hrSecond]) {
    await until(`${to} has the mail`, async () => (await mailsTo(to, /shared \d+ tickets/)).length > before.get(to)!);
    const mails = await mailsTo(to, /shared \d+ tickets/);
    assert.equal(mails.length, before.get(to)! + 1, "one mail for all");
    const named = new Set(mails[0]!.text.match(/#\d+/g));
    assert.deepEqual(numbers.filter((n) => !named.has(`#${n}`)), refused, "the mail names all that were shared, and no other");
  }

  // And back: the whole list at once.
  await whole(page);
  await page.getByRole("button", { name: "Unshare", exact: true }).click();
  await dialog.getByRole("combobox").first().pressSequentially(group.name);
  await page.getByRole("option", { name: new RegExp(`^${group.name}`) }).first().click();
  await dialog.getByRole("button", { name: "Stop sharing", exact: true }).click();
  await dialog.getByText(/^1,?000 done$/).waitFor();
  assert.deepEqual((await boss.get(`/shares?state=live&limit=200&q=${group.name}`)).body.items.filter((s: { ticket: { number: number } }) => numbers.includes(s.ticket.number)), []);
  await boss.patch("/settings", { "sharing.max_internal": 25 });
}, 600_000);

test("the whole list is changed at once, also what no row shows", async () => {
  const page = await rig.page({ as: owner });
  await whole(page);
  await page.getByRole("button", { name: "Set priority" }).click();
  await page.getByRole("menuitem", { name: "Low" }).click();
  await page.getByRole("dialog", { name: /^1,?000 tickets changed$/ }).waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  const last = [...numbers].sort((a, b) => a - b)[0]!;
  assert.equal((await boss.get(`/tickets/${last}`)).body.priority, "low");
}, 600_000);

test("a list is taken along as a CSV, with every ticket and without a formula", async () => {
  const page = await rig.page({ as: owner });
  await boss.patch(`/tickets/${numbers[0]}`, { subject: "=HYPERLINK(\"https://bad.example\")" });
  await page.goto(list);
  await page.locator(".row").first().waitFor();
  await page.getByRole("button", { name: "More about this list" }).and(page.locator(":enabled")).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export as CSV" }).click();
  const lines = readFileSync(await (await download).path(), "utf8").trim().split(/\r?\n/);
  await page.getByText(/1,?000 tickets exported/).waitFor();
  assert.equal(lines.length, size + 1);
  assert.ok(lines.some((line) => line.includes("Parcel 999 of many")));
  assert.doesNotMatch(lines.join("\n"), /(^|,)"?[=+@]/m);
});
