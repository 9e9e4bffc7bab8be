import assert from "node:assert/strict";
import { afterAll, beforeAll, beforeEach, test } from "vitest";
import { type Api, type Rig, accounts, owner, settled, startRig, until } from "./rig.ts";

let rig: Rig;
let boss: Api;
beforeAll(async () => {
  rig = await startRig();
  boss = await rig.api();
});
afterAll(() => rig.close());

// CI tries a test twice: each begins with the program's words.
beforeEach(async () => {
  for (const line of (await boss.get("/mail-templates")).body.items) {
    if (line.source !== "standard") await boss.delete(`/mail-templates/${line.kind}/${line.language}`);
  }
});

/** Assigns a new ticket to an agent, and gives the newest mail that they got of it. */
async function assigned(subject: string) {
  const inbox = (await boss.get("/inboxes")).body.items.find((i: { address: string }) => i.address.startsWith("accounts@")).id;
  const made = await boss.post("/tickets", { inbox_id: inbox, subject, text: "Hello", requester_address: "mei@customer.example", requester_name: "Mei Tanaka" });
  const agent = (await boss.get(`/people?q=${accounts}`)).body.items[0].id;
  const answer = await boss.patch(`/tickets/${made.body.number}`, { assignee_id: agent });
  assert.equal(answer.status, 200, JSON.stringify([made.body, answer.body]));
  let found: Awaited<ReturnType<Rig["mails"]>>[number] | undefined;
  await until(`a mail about ${subject}`, async () => {
    found = (await rig.mails()).find((m) => m.to.includes(accounts) && `${m.subject} ${m.text}`.includes(subject));
    return Boolean(found);
  });
  return found!;
}

test("a mail gets words of its own, is looked at, tried out, sent and reset", async () => {
  const page = await rig.page();
  await page.goto("/admin/mail-templates");
  const row = page.getByRole("row", { name: /A ticket is assigned/ });
  await row.getByRole("link", { name: "Standard" }).nth(1).click(); // languages stand in the order of their codes: de, en
  await page.waitForURL(/\/admin\/mail-templates\/assigned\/en/);
  const frame = page.frameLocator("iframe");
  await frame.getByText("This mail comes from the help desk of").waitFor();

  // A value is put in where one wrote, and the preview follows.
  await page.getByLabel("Subject", { exact: true }).fill("Yours now: ");
  await page.getByRole("button", { name: "ticket.subject", exact: true }).click();
  await page.getByLabel("Opening", { exact: true }).fill("Dear {{recipient.first_name}},\n\nthis one is **yours**.");
  await page.getByLabel("Closing", { exact: true }).fill("<script>document.title = 'broken'</script> [Handbook](https://acme.example/handbook)");
  await page.getByRole("heading", { name: "Yours now: The invoice of May is missing" }).waitFor();
  assert.equal(await frame.locator("strong", { hasText: /^yours$/ }).count(), 1);
  assert.equal(await frame.locator("script").count(), 0);
  await frame.getByText("<script>document.title").waitFor();
  await page.getByRole("button", { name: "Text", exact: true }).click();
  await page.getByText("Handbook (https://acme.example/handbook)").waitFor();

  await page.getByRole("button", { name: "Send me a test" }).click();
  await page.getByText(`A test is on its way to ${owner}`).waitFor();
  await until("the test arrives", async () => (await rig.mails()).some((m) => m.to.includes(owner) && m.subject.startsWith("Yours now: The invoice of May")));

  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved. Mails have these words from now on.").waitFor();
  const mail = await assigned("Toner for the printer");
  assert.equal(mail.subject, "Yours now: Toner for the printer");
  assert.match(mail.text, /this one is yours\./);

  await page.getByRole("button", { name: "Reset", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reset", exact: true }).click();
  await until("the editor has the program's words", async () => (await page.getByLabel("Subject", { exact: true }).inputValue()).startsWith("{{headline}}"));
  assert.match((await assigned("Paper for the printer")).subject, /assigned ticket #\d+ to you: Paper for the printer/);
});

test("what is wrong is told at its field and line, and nothing that was typed is lost", async () => {
  const page = await rig.page();
  await page.goto("/admin/mail-templates/share/en");
  const opening = page.getByLabel("Opening", { exact: true });
  await opening.fill("one\n\n{{ticket.nothing}} three");
  await page.getByText(/Line 3: There is no such value in this mail/).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await until("the line is marked", async () => (await opening.evaluate((e: HTMLTextAreaElement) => e.value.slice(e.selectionStart, e.selectionEnd))) === "{{ticket.nothing}} three");
  await rig.axe(page, "a template that was refused");
  await opening.fill("{{headline}}");
  // Somebody else is faster.
  assert.equal((await boss.put("/mail-templates/share/en", { subject: "Theirs", opening: "Theirs" })).status, 200);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText(/Somebody else changed this mail meanwhile/).waitFor();
  assert.equal(await opening.inputValue(), "{{headline}}");
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  await until("what they wrote is there", async () => (await opening.inputValue()) === "Theirs");
});

test("the pages look right in light and dark, at both widths", async () => {
  for (const width of [1440, 390]) {
    const page = await rig.page({ width });
    for (const path of ["/admin/mail-templates", "/admin/mail-templates/signature/de?brand=1", "/admin/mail-templates/reply/en"]) {
      await page.goto(path);
      await page.locator("h1").waitFor();
      await settled(page);
      await rig.looks(page, path);
    }
  }
});
