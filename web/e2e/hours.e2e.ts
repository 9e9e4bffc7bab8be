import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, once, owner, startRig, until } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const holidays = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z", `DTSTART;VALUE=DATE:${new Date().getFullYear() + 1}1224`, "SUMMARY:Christmas Eve", "END:VEVENT", "BEGIN:VEVENT", "UID:2", "DTSTAMP:20260101T000000Z", `DTSTART:${new Date().getFullYear() + 1}0601T090000Z`, "SUMMARY:A meeting", "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");

test("business hours are made with parts of days and holidays from a file, and changed", async () => {
  const page = await rig.page({ as: owner });
  await page.goto("/admin/hours");
  const name = once("Office");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "New calendar" }).first().click();
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Time zone").selectOption("Europe/Berlin");
  const friday = dialog.getByRole("group", { name: "Friday" });
  await friday.getByRole("checkbox").uncheck();
  await friday.getByText("Closed").waitFor();
  const monday = dialog.getByRole("group", { name: "Monday" });
  await monday.getByLabel("Monday, to").fill("12:00");
  await monday.getByRole("button", { name: "More hours on Monday" }).click();
  await monday.getByLabel("Monday, from").nth(1).fill("11:00");
  await monday.getByLabel("Monday, to").nth(1).fill("17:00");
  await dialog.locator("input[type=file]").setInputFiles({ name: "holidays.ics", mimeType: "text/calendar", buffer: Buffer.from(holidays) });
  await dialog.getByText("1 new holiday in the file").waitFor();
  await dialog.getByText("1 entry is no holiday and is left out").waitFor();
  await rig.looks(page, "a calendar with the holidays of a file");
  await dialog.getByRole("button", { name: "Add it" }).click();
  assert.equal(await dialog.getByLabel("Name of the holiday").inputValue(), "Christmas Eve");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("These hours overlap with others of the day.").waitFor();
  assert.equal(await dialog.getByLabel("Name", { exact: true }).inputValue(), name);
  await monday.getByLabel("Monday, from").nth(1).fill("13:00");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("Mon 09:00–12:00 13:00–17:00, Tue–Thu 09:00–17:00").waitFor();
  await page.getByText("1 holiday", { exact: true }).waitFor();
  await rig.looks(page, "the list of calendars");
  await page.getByRole("button", { name, exact: true }).click();
  await dialog.getByRole("checkbox", { name: "Around the clock" }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "Around the clock" }).waitFor();
});

test("a service level is made, shows on its tickets, and is put in order and taken away", async () => {
  const api = await rig.api(owner);
  for (const policy of (await api.get("/sla-policies")).body.items) assert.ok((await api.delete(`/sla-policies/${policy.id}`)).status < 300);
  const page = await rig.page({ as: owner });
  await page.goto("/admin/sla");
  const name = once("Urgent first");
  const tag = `sla-${Date.now()}`;
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "New policy" }).first().click();
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Promise at least one time.").waitFor();
  await dialog.getByRole("button", { name: "Add condition" }).click();
  await dialog.getByLabel("Field", { exact: true }).selectOption("priority");
  await dialog.getByLabel("Value of Priority").selectOption("urgent");
  const urgent = dialog.getByRole("group", { name: "Urgent" });
  await urgent.getByLabel("First reply", { exact: true }).fill("45");
  await urgent.getByLabel("First reply, unit").selectOption("minute");
  await urgent.getByLabel("Solution", { exact: true }).fill("8");
  await rig.looks(page, "the form of a service level");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("First reply: Urgent 45 min").waitFor();
  await page.getByText("Priority is Urgent").waitFor();
  await rig.looks(page, "the list of service levels");

  const boxes = await api.get("/inboxes");
  const made = await api.post("/tickets", { subject: tag, text: "Help", priority: "urgent", inbox_id: boxes.body.items[0].id, requester_address: "rita@customer.example" });
  assert.equal(made.status, 201);
  const number = made.body.number as number;
  await page.goto(`/tickets/${number}`);
  await page.getByRole("heading", { name: "Service level" }).waitFor();
  await page.getByText(/^Due in/).first().waitFor();
  await page.locator(`[data-number="${number}"]`).getByText(/First reply due in/).waitFor();
  await rig.looks(page, "a ticket with what is promised");
  await api.post(`/tickets/${number}/messages`, { kind: "reply", text: "At once" });
  await page.getByText("Kept").waitFor();
  await page.locator(`[data-number="${number}"]`).getByText(/Solution due in/).waitFor();

  await page.goto("/admin/sla");
  const second = once("All others");
  assert.equal((await api.post("/sla-policies", { name: second, targets: { low: { resolution: 60 } } })).status, 201);
  await page.reload();
  await page.getByRole("button", { name: `Move ${second} up` }).click();
  await until("the order is kept", async () => (await api.get("/sla-policies")).body.items[0].name === second);
  for (const policy of [name, second]) {
    await page.getByRole("button", { name: `Actions for ${policy}` }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: policy, exact: true }).waitFor({ state: "detached" });
  }
  await page.getByText("Nothing is promised yet").waitFor();
  await rig.looks(page, "no service levels");
});
