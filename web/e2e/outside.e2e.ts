import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished, test } from "vitest";
import { type Api, type Rig, hr, once, owner, startRig, until } from "./rig.ts";

// People outside the desk: an address that nobody has is invited, links by requesters, what notes never reach, and the portal's
// settings as an administrator makes them and requesters then meet them. Their pages are used with scripts off.

const one = "staff.one@acme.example";
const two = "staff.two@acme.example";
const three = "staff.three@acme.example";
let rig: Rig;
let api: Api;
beforeAll(async () => {
  rig = await startRig();
  api = await rig.api(owner);
});
afterAll(() => rig.close());

const plain = (as: string) => rig.page({ as, scripts: false });

/** set changes settings until the test ends. */
async function set(values: Record<string, unknown>) {
  const before = (await api.get("/settings")).body;
  onTestFinished(async () => void (await api.patch("/settings", Object.fromEntries(Object.keys(values).map((key) => [key, before[key]])))));
  const answer = await api.patch("/settings", values);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

/** file files a ticket in the portal and gives its path. */
async function file(page: Page, subject: string): Promise<string> {
  await page.goto("/portal/new");
  await page.getByLabel("Subject").fill(subject);
  await page.getByLabel("Your message").fill("It does not work since this morning.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("status").getByText("Your ticket is here").waitFor();
  return new URL(page.url()).pathname;
}
const numberOf = (path: string) => Number(path.split("/").pop());

/** search looks for somebody on the page for sharing. */
async function search(page: Page, path: string, text: string) {
  await page.goto(`${path}/share`);
  await page.getByLabel("Their e-mail address").or(page.getByLabel("Name or e-mail address")).fill(text);
  await page.getByRole("button", { name: "Search" }).click();
}

/** share lets somebody in who is found. */
async function share(page: Page, path: string, address: string) {
  await search(page, path, address);
  await page.getByRole("button", { name: /^Choose/ }).click();
  await page.getByRole("button", { name: "Share with 1 person" }).click();
  await page.getByRole("status").getByText("It is shared now").waitFor();
}

/** mail waits for a mail to somebody that has a text, and gives it. */
async function mail(to: string, text: RegExp): Promise<{ subject: string; text: string }> {
  let found: { subject: string; text: string } | undefined;
  await until(`${to} has a mail with ${text}`, async () => {
    found = (await rig.mails()).find((m) => m.to.includes(to) && text.test(m.text));
    return found !== undefined;
  });
  return found!;
}

/** looks holds a page of somebody without a password against axe, with scripts, which axe needs. */
async function looks(page: Page, path: string, state: string) {
  for (const [width, dark] of [
    [1440, false],
    [1440, true],
    [390, false],
    [390, true],
  ] as const) {
    const seen = await rig.page({ as: "", width, dark });
    await seen.context().addCookies(await page.context().cookies());
    await seen.goto(path);
    await rig.axe(seen, `${state} at ${width}${dark ? ", dark" : ""}`);
    await rig.fits(seen, `${state} at ${width}`);
    if (width === 390) await seen.setViewportSize({ width: 320, height: 700 });
    await rig.fits(seen, `${state} at 320`);
    await seen.context().close();
  }
}

test("S2-23 S2-28 an address that nobody has is refused, or invited where the desk allows it; the guest signs in by mail, reads and answers", async () => {
  const page = await plain(one);
  const path = await file(page, once("A guest for the lift"));
  const guest = "lift.company@outside.example";
  await search(page, path, guest);
  await page.getByText("There is nobody with this address").waitFor();
  assert.equal(await page.getByRole("button", { name: /^Choose/ }).count(), 0);
  await set({ "sharing.invite_unknown": true });
  await search(page, path, guest);
  await page.getByText("Nobody here has this address yet. They will be invited.").waitFor();
  await looks(page, `${path}/share`, "sharing with a guest");
  await page.getByRole("button", { name: "Choose" }).click();
  await page.getByRole("button", { name: "Share with 1 person" }).click();
  await page.getByRole("status").getByText("It is shared now").waitFor();

  const told = await mail(guest, new RegExp(`${path}\\b`));
  assert.ok(!told.text.includes("SECRET"));
  const visitor = await plain("");
  await visitor.goto(path);
  await visitor.getByRole("link", { name: "Get a link by mail instead" }).click();
  await visitor.getByLabel("E-mail address").fill(guest);
  await visitor.getByRole("button", { name: "Send the link" }).click();
  await visitor.getByText("Look into your mail").waitFor();
  const link = /\/sign-in\/mail\/dmi_[\w-]+/.exec((await mail(guest, /\/sign-in\/mail\/dmi_/)).text)![0];
  await visitor.goto(link);
  await looks(visitor, link, "signing in by mail");
  await visitor.getByRole("button").filter({ hasText: /sign in/i }).click();
  await visitor.waitForURL(`**${path}`);
  await visitor.getByText("It does not work since this morning.").waitFor();
  await visitor.getByLabel("Your reply").fill("We come tomorrow at nine.");
  await visitor.getByRole("button", { name: "Send reply" }).click();
  await visitor.getByRole("status").getByText("Your reply was sent").waitFor();
  await looks(visitor, path, "the ticket of a guest");
  await page.goto(path);
  await page.getByText("We come tomorrow at nine.").waitFor();
  await visitor.goto("/portal");
  assert.equal(await visitor.getByText("Payslip").count(), 0, "a guest sees one ticket");
});

test("a requester's link: made, opened signed out with its password, run out, revoked", async () => {
  const page = await plain(one);
  const path = await file(page, once("A link for the printer shop"));
  const links = page.getByRole("region", { name: "Public link" });
  await page.goto(`${path}/share`);
  await links.getByLabel("Read and reply").check();
  await links.getByLabel("What it is for").fill("the printer shop");
  await links.getByLabel(/^Password/).fill("short");
  await links.getByRole("button", { name: "Make a link" }).click();
  await links.getByRole("alert").waitFor();
  await links.getByLabel(/^Password/).fill("six words");
  await links.getByLabel("Read and reply").check();
  await links.getByLabel("What it is for").fill("the printer shop");
  await links.getByRole("button", { name: "Make a link" }).click();
  const address = new URL(await links.getByLabel("Address", { exact: true }).inputValue()).pathname;
  await page.goto(`${path}/share`);
  assert.equal(await page.getByText(address.slice(-20)).count(), 0, "the address is told once");

  const visitor = await plain("");
  await visitor.goto(address);
  await visitor.getByLabel("Password").fill("other words");
  await visitor.getByRole("button", { name: "Open" }).click();
  await visitor.getByText("This is not the password.").waitFor();
  await visitor.getByLabel("Password").fill("six words");
  await visitor.getByRole("button", { name: "Open" }).click();
  await visitor.getByText("It does not work since this morning.").waitFor();
  await visitor.getByLabel("Your message").fill("Is it the black one?");
  await visitor.getByRole("button", { name: "Send reply" }).click();
  await visitor.locator(".msg", { hasText: "Is it the black one?" }).getByText("via a public link").waitFor();
  await looks(visitor, address, "a requester's link");
  const closed = visitor.getByRole("heading", { name: "This link does not open anything" });

  // Links are switched off and on again; then this one runs out, and its reset gives another address.
  await api.patch("/settings", { "links.enabled": false });
  await visitor.goto(address);
  await closed.waitFor();
  await api.patch("/settings", { "links.enabled": true });
  await visitor.goto(address);
  await visitor.getByText("Is it the black one?").waitFor();
  const shown = (await api.get(`/tickets/${numberOf(path)}/links`)).body.items[0];
  const reset = await api.post(`/tickets/${numberOf(path)}/links/${shown.id}/reset`);
  assert.equal(reset.status, 200, JSON.stringify(reset.body));
  await visitor.goto(address);
  await closed.waitFor();
  const fresh = new URL(reset.body.address).pathname;
  await visitor.goto(fresh);
  await visitor.getByLabel("Password").waitFor();
  const soon = await api.patch(`/tickets/${numberOf(path)}/links/${shown.id}`, { expires_at: new Date(Date.now() + 4000).toISOString() });
  assert.equal(soon.status, 200, JSON.stringify(soon.body));
  await until("the link has run out", async () => {
    await visitor.goto(fresh);
    return (await closed.count()) > 0;
  });

  await page.goto(`${path}/share`);
  await links.getByRole("button", { name: "Make a link" }).click();
  const second = new URL(await links.getByLabel("Address", { exact: true }).inputValue()).pathname;
  await visitor.goto(second);
  await visitor.getByText("Is it the black one?").waitFor();
  await page.getByRole("listitem").filter({ hasText: "Public link" }).getByRole("button", { name: /^Revoke/ }).click();
  await page.getByRole("status").getByText("The link does not work any more").waitFor();
  await visitor.goto(second);
  await closed.waitFor();
});

test("notes never reach outside people: page, mail, API, search, attachment URL", async () => {
  const page = await plain(one);
  const path = await file(page, once("Notes stay inside"));
  const number = numberOf(path);
  await share(page, path, two);
  await page.goto(`${path}/share`);
  await page.getByRole("region", { name: "Public link" }).getByRole("button", { name: "Make a link" }).click();
  const link = new URL(await page.getByLabel("Address", { exact: true }).inputValue()).pathname;
  const cc = await page.context().newPage();
  await cc.goto(`${path}/share`);
  await cc.getByLabel("Their e-mail address").fill(three);
  await cc.getByRole("button", { name: "Add CC" }).click();
  await cc.getByRole("status").getByText("They are in copy now").waitFor();

  // What they must not have: two kinds of notes, a file of each, a tag, a mention. Then a reply, whose mails come after the notes'.
  const desk = await rig.page();
  const upload = async (name: string, text: string) => {
    const answer = await desk.request.post(`/api/v1/attachments?name=${name}`, { data: Buffer.from(text), headers: { "Content-Type": "text/plain" } });
    assert.equal(answer.status(), 201, await answer.text());
    return (await answer.json()).id as number;
  };
  const inner = await upload("toucan-note.txt", "SECRET FILE");
  const outer = await upload("plan.txt", "the plan");
  for (const message of [
    { kind: "note", text: "SECRET toucan note", attachments: [inner] },
    { kind: "local_note", text: "SECRET toucan local" },
    { kind: "reply", text: "The public heron.", attachments: [outer] },
  ]) {
    const answer = await api.post(`/tickets/${number}/messages`, message);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  }
  assert.equal((await api.patch(`/tickets/${number}`, { tags: ["secret-tag"] })).status, 200);
  const secret = /SECRET|toucan|secret-tag/i;

  for (const to of [one, two, three]) {
    await mail(to, /The public heron/);
    for (const m of (await rig.mails()).filter((x) => x.to.includes(to))) assert.ok(!secret.test(JSON.stringify(m)), `a mail to ${to} tells it: ${m.subject}`);
  }
  const visitor = await plain("");
  for (const [who, where, address] of [
    [one, page, path],
    [two, await plain(two), path],
    ["the holder of a link", visitor, link],
  ] as const) {
    await where.goto(address);
    await where.getByText("The public heron.").waitFor();
    assert.ok(!secret.test(await where.content()), `${who} reads it on the page`);
    const files = await where.locator("a.file").evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).pathname));
    assert.equal(files.length, 1, `${who} sees one file`);
    assert.equal((await where.request.get(files[0]!)).status(), 200);
    const guessed = files[0]!.replace(/\d+$/, String(inner));
    const refused = await where.request.get(guessed);
    assert.equal(refused.status(), 404, `${who} asks for ${guessed}`);
    assert.ok(!secret.test(await refused.text()));
  }
  for (const who of [one, two]) {
    const searching = await plain(who);
    for (const q of ["toucan", "SECRET", '"toucan note"', "secret-tag"]) {
      await searching.goto(`/portal?q=${encodeURIComponent(q)}`);
      await searching.getByText("Nothing fits").waitFor();
    }
    await searching.goto("/portal?q=heron");
    await searching.getByRole("link", { name: /Notes stay inside/ }).waitFor();
    const client = await rig.api(who);
    for (const address of [`/tickets/${number}`, `/tickets/${number}/messages`, `/tickets/${number}/events?limit=200`, "/tickets?limit=200", "/tickets?q=toucan", "/search?q=toucan", "/notifications"]) {
      const answer = await client.get(address);
      assert.equal(answer.status, 200, `${who} ${address}`);
      // A search says what was searched for.
      assert.ok(!secret.test(JSON.stringify(answer.body.items ?? answer.body.tickets ?? answer.body)), `${who} reads it at ${address}`);
    }
    assert.equal((await client.get(`/attachments/${inner}`)).status, 404);
    assert.equal((await client.get(`/tickets/${number}/scheduled-replies`)).status, 403);
  }
  // Who stands in copy gets replies by mail, and no page; who is signed out gets no file of either kind.
  assert.equal((await (await rig.api(three)).get(`/tickets/${number}`)).status, 404);
  for (const id of [inner, outer]) assert.equal((await visitor.request.get(`/api/v1/attachments/${id}`)).status(), 401);
  // An agent who looks at the portal is a requester there.
  const agent = await plain(owner);
  await agent.goto(path);
  await agent.getByText("This ticket does not open").waitFor();
});

/** save presses the button of a section, or of a page, and waits until it is saved. */
async function save(page: Page, within = page.locator("main")) {
  await within.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("Unsaved changes").waitFor({ state: "detached" });
}

test("S2-06 S2-07 S2-08 an administrator says in the settings with whom requesters share", async () => {
  await set({ "portal.share_scope": "anyone", "portal.people_search": "exact" });
  const requester = await plain(one);
  const path = await file(requester, once("A quiet room"));
  const nobody = requester.getByText("There is nobody with this address");
  const admin = await rig.page();
  await admin.goto("/admin/settings");
  const portal = admin.getByRole("region", { name: "Requesters’ portal" });
  const choose = async (label: string) => {
    await portal.getByLabel("Requesters may share with", { exact: true }).selectOption({ label });
    await save(admin, portal);
  };
  await choose("Within their department");
  for (const address of [three, hr]) {
    await search(requester, path, address);
    await nobody.waitFor();
  }
  await share(requester, path, two);
  await choose("Anyone of the account");
  await share(requester, path, three);
  const other = await plain(three);
  await other.goto("/portal?view=shared-with-me");
  await other.getByRole("link", { name: /A quiet room/ }).waitFor();
  const noAdmin = await rig.page({ as: hr });
  await noAdmin.goto("/admin/settings");
  await noAdmin.locator("main").waitFor();
  assert.equal(await noAdmin.getByLabel("Requesters may share with", { exact: true }).count(), 0, "others do not decide");
});

test("S2-04 S2-05 S2-24 S2-29 with the level edit they change details, either way round, and hear of it", async () => {
  await set({ "portal.share_level": "edit" });
  const a = await plain(one);
  const b = await plain(two);
  const third = (await api.get(`/people?q=${three}`)).body.items[0];
  assert.equal((await api.patch(`/people/${third.id}`, { others: ["third@private.example"] })).status, 200);
  for (const [from, to, address] of [
    [a, b, two],
    [b, a, one],
  ] as const) {
    const subject = once("A cold office");
    const path = await file(from, subject);
    await search(from, path, "third@private.example");
    await from.getByText("There is nobody with this address").waitFor();
    await share(from, path, address);
    await to.goto(path);
    await to.getByText("Change the details").click();
    await to.getByLabel("Subject").fill(`${subject}, very`);
    await to.getByRole("button", { name: "Save" }).click();
    await to.getByRole("status").getByText("Saved.").waitFor();
    await from.goto(path);
    await from.getByRole("heading", { level: 1, name: `${subject}, very` }).waitFor();
    assert.equal((await api.post(`/tickets/${numberOf(path)}/messages`, { kind: "reply", text: `We turn it up: ${subject}.` })).status, 201);
    await mail(address, new RegExp(`We turn it up: ${subject}`));
  }
});

test("S2-18 S2-19 S2-20 an administrator gives a requester sight of the department, of tickets and of changes apart; an agent has no such choice", async () => {
  const requester = await plain(one);
  const path = await file(requester, once("A team question"));
  const change = await file(requester, once("A team change"));
  assert.equal((await api.patch(`/tickets/${numberOf(change)}`, { type: "change" })).status, 200);
  const person = (await api.get(`/people?q=${two}`)).body.items[0];
  onTestFinished(async () => void (await api.patch(`/people/${person.id}`, { department_tickets: "none", department_changes: "none" })));
  const colleague = await plain(two);
  const sees = async (address: string, yes: boolean) => {
    await colleague.goto(address);
    await (yes ? colleague.getByText("It does not work since this morning.") : colleague.getByText("This ticket does not open")).waitFor();
  };
  const admin = await rig.page();
  await admin.goto(`/admin/people/${person.id}`);
  const give = async (field: "Tickets" | "Changes", label: string) => {
    await admin.getByLabel(`${field} of the department`, { exact: true }).selectOption({ label });
    await save(admin);
  };
  await sees(path, false);
  await give("Tickets", "All, to read");
  await sees(path, true);
  assert.equal(await colleague.getByLabel("Your reply").count(), 0, "to read alone");
  await sees(change, false);
  await colleague.goto("/portal?view=department");
  await colleague.getByRole("link", { name: /A team question/ }).waitFor();
  assert.equal(await colleague.getByText("A team change").count(), 0);
  await give("Tickets", "Only their own");
  await give("Changes", "All, to read and answer");
  await sees(path, false);
  await sees(change, true);
  await colleague.getByLabel("Your reply").fill("Fine with me.");
  await colleague.getByRole("button", { name: "Send reply" }).click();
  await colleague.getByRole("status").getByText("Your reply was sent").waitFor();
  assert.equal(await colleague.getByRole("link", { name: "Share" }).count(), 0, "sight of a ticket lets nobody else in");
  const agent = (await api.get(`/people?q=${hr}`)).body.items[0];
  await admin.goto(`/admin/people/${agent.id}`);
  await admin.getByLabel("Name", { exact: true }).waitFor();
  assert.equal(await admin.getByLabel(/of the department$/).count(), 0);
});

test("S2-30 a ticket takes as many outside people as the desk says, and then says so", async () => {
  const page = await plain(one);
  const path = await file(page, once("Many people"));
  const copies = Array.from({ length: 49 }, (_, i) => `copy${i}@partner.example`);
  assert.equal((await api.patch(`/tickets/${numberOf(path)}`, { ccs: copies })).status, 200);
  await share(page, path, two); // the fiftieth
  for (const button of ["Share with 1 person", "Add CC"]) {
    await search(page, path, three);
    await page.getByRole("button", { name: /^Choose/ }).click();
    await page.getByRole("button", { name: button }).click();
    await page.getByRole("alert").getByText("This ticket has as many people as it takes").waitFor();
  }
});
