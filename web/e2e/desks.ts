import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type Api, type Rig, password, until } from "./rig.ts";

// What tests of two desks share: the second of them is asked through a page, since only a browser finds *.localhost.

/** The other desk, and who is signed in there. */
export type Desk = { url: string; who: string };

/** signIn opens a page of the other desk. */
export async function signIn(rig: Rig, desk: Desk, size: { width?: number; height?: number } = {}): Promise<Page> {
  const page = await rig.page({ as: "", ...size });
  await page.goto(`${desk.url}/sign-in`);
  await page.locator("input[name=address]").fill(desk.who);
  await page.locator("input[name=password]").fill(password);
  await page.locator("input[name=password]").press("Enter");
  await page.waitForURL(`${desk.url}/`);
  await page.locator("#root h1").first().waitFor({ state: "attached" });
  return page;
}

/** ask sends a request of the API from a page, so that it goes to the desk that the page is of. */
export const ask = (page: Page, method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> =>
  page.evaluate(
    async ([m, p, b]) => {
      const answer = await fetch(`/api/v1${p}`, { method: m as string, ...(b ? { headers: { "Content-Type": "application/json" }, body: b as string } : {}) });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : undefined };
    },
    [method, path, body === undefined ? "" : JSON.stringify(body)],
  );

/** agreement gives the id of the agreement under which tickets go to a desk; 0 where there is none in force. */
export async function agreement(api: Api, desk: Desk): Promise<number> {
  const items = (await api.get("/partners?status=accepted&direction=outbound")).body.items as { id: number; host: string }[];
  return items.find((p) => p.host === new URL(desk.url).host)?.id ?? 0;
}

/** filed makes a ticket with one message of its requester. */
export async function filed(api: Api, subject: string): Promise<number> {
  const inbox = (await api.get("/inboxes")).body.items[0].id;
  const made = await api.post("/tickets", { inbox_id: inbox, subject, text: "The pump stands still.", requester_address: "mei@customer.example", requester_name: "Mei Tanaka" });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.number;
}

/** copyOf waits for a ticket on the other side and gives its number there. */
export async function copyOf(page: Page, subject: string): Promise<number> {
  let number = 0;
  await until(`they have “${subject}”`, async () => {
    const answer = await ask(page, "GET", "/tickets?view=all&limit=50");
    number = answer.body.items.find((row: any) => row.subject === subject)?.number ?? 0;
    return number > 0;
  });
  return number;
}
