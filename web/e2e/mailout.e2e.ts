import assert from "node:assert/strict";
import { type AddressInfo, type Server, createServer } from "node:net";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, test } from "vitest";
import { type Rig, accounts, startRig, until } from "./rig";

// Outgoing mail: the server it leaves by, the keys that sign it, what became of it, and what came back.

type Sunk = { from: string; to: string; text: string };

/** Sink is a mail server that keeps what it is handed, or refuses every recipient with one answer. */
class Sink {
  mails: Sunk[] = [];
  refuse = "";
  readonly #server: Server;
  constructor() {
    this.#server = createServer((line) => {
      const say = (text: string) => line.write(`${text}\r\n`);
      let now: Sunk = { from: "", to: "", text: "" };
      let data = false;
      line.on("error", () => undefined);
      say("220 sink.example");
      createInterface({ input: line }).on("line", (said) => {
        if (data) {
          if (said === ".") {
            data = false;
            this.mails.push(now);
            now = { from: "", to: "", text: "" };
            say("250 taken");
          } else now.text += `${said}\n`;
        } else if (/^EHLO/i.test(said)) {
          say("250-sink.example");
          say("250 AUTH PLAIN");
        } else if (/^AUTH PLAIN/i.test(said)) {
          const given = Buffer.from(said.slice(11), "base64").toString();
          say(given.endsWith("open sesame") ? "235 welcome" : "535 5.7.8 who are you?");
        } else if (/^MAIL/i.test(said)) {
          now.from = /<(.*?)>/.exec(said)?.[1] ?? "";
          say("250 ok");
        } else if (/^RCPT/i.test(said)) {
          now.to = /<(.*?)>/.exec(said)?.[1] ?? "";
          say(this.refuse || "250 ok");
        } else if (/^DATA/i.test(said)) {
          data = true;
          say("354 go on");
        } else if (/^QUIT/i.test(said)) {
          say("221 bye");
          line.end();
        } else say("250 ok");
      });
    });
  }
  listen = () => new Promise<number>((done) => this.#server.listen(0, "127.0.0.1", () => done((this.#server.address() as AddressInfo).port)));
  close = () => this.#server.close();
  to = (address: string) => this.mails.filter((m) => m.to === address);
}

let rig: Rig;
const sink = new Sink();
let port = 0;
beforeAll(async () => {
  rig = await startRig();
  port = await sink.listen();
}, 120_000);
afterAll(async () => {
  sink.close();
  await rig?.close();
});

const staff = "staff.one@acme.example";
const settings = () => ({ host: "localhost", port, security: "none", auth: "password", username: "desk", password: "open sesame", active: true });

/** answered files a ticket of Staff One in the inbox of Accounts and answers it. */
async function answered(subject: string): Promise<number> {
  const api = await rig.api();
  const inboxes = (await api.get("/inboxes?limit=200")).body.items as { id: number; address: string }[];
  const made = await api.post("/tickets", { subject, text: "Where is it?", inbox_id: inboxes.find((i) => i.address.startsWith("accounts@"))!.id, requester_address: staff });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal((await api.post(`/tickets/${made.body.number}/messages`, { kind: "reply", text: "Here it is." })).status, 201);
  return made.body.number;
}

const logged = async (number: number) => ((await (await rig.api()).get(`/tickets/${number}/mails?limit=200`)).body.items as { to: string; state: string }[]).find((m) => m.to === staff)?.state;

/** report tells the desk that one of its mails came back, as the mail server there would. */
async function report(to: string, status: string, said: string) {
  const text = `This is a report.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ${staff}\nAction: failed\nStatus: ${status}\nDiagnostic-Code: smtp; ${said}\n--b--`;
  await rig.send("", to, `Undelivered\nMIME-Version: 1.0\nAuto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary=b`, `--b\nContent-Type: text/plain\n\n${text}`);
}

test("a server of one's own is tested, says what is wrong in plain words, and takes the next mail", async () => {
  const page = await rig.page();
  await page.goto("/admin/outgoing");
  await page.getByText("Mail leaves by the server that Deskmesh was started with.").waitFor();
  await rig.looks(page, "outgoing mail");
  await page.getByRole("button", { name: "Choose a server" }).click();
  const dialog = page.getByRole("dialog", { name: "Outgoing server" });
  await dialog.getByLabel("Mail server (SMTP)").fill("localhost");
  await dialog.getByLabel("Encryption").selectOption("none");
  await dialog.getByLabel("Port").fill(String(port));
  await dialog.getByLabel("User name").fill("desk");
  await dialog.getByLabel("Password", { exact: true }).fill("wrong words");
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await dialog.getByText("The mail server does not accept the name or what one signs in with.").waitFor();
  assert.ok(!(await dialog.getByRole("status").last().innerText()).includes("wrong words"));
  await rig.looks(page, "a test that failed");
  await dialog.getByLabel("Password", { exact: true }).fill("open sesame");
  await dialog.getByRole("button", { name: "Send me a mail" }).click();
  await dialog.getByText("a mail is on its way to owner@acme.example").waitFor();
  assert.equal(sink.to("owner@acme.example").length, 1);
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText(`localhost:${port}`).waitFor();

  const number = await answered("By our own server");
  await until("the mail arrives", () => sink.to(staff).length === 1);
  await until("the log says so", async () => (await logged(number)) === "sent");
  await page.goto(`/tickets/${number}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Mails sent" }).click();
  const mails = page.getByRole("dialog", { name: "Mails sent" });
  await mails.getByText(staff).waitFor();
  await mails.getByText("Sent", { exact: true }).first().waitFor();
  await rig.looks(page, "mails sent");
}, 180_000);

test("what a server refuses is shown on the ticket and sent again", async () => {
  const api = await rig.api();
  assert.equal((await api.put("/mail-server", settings())).status, 200);
  sink.mails = [];
  sink.refuse = "554 5.7.1 we do not like this";
  const number = await answered("Refused");
  await until("it has failed", async () => (await logged(number)) === "failed");
  sink.refuse = "";
  const page = await rig.page({ as: accounts });
  await page.goto(`/tickets/${number}`);
  await page.getByText("A mail could not be delivered").waitFor();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Mails sent" }).click();
  const mails = page.getByRole("dialog", { name: "Mails sent" });
  await mails.getByText("we do not like this").waitFor();
  await rig.looks(page, "a mail that failed");
  await mails.getByRole("button", { name: `Send again to ${staff}` }).click();
  await until("it is sent", async () => (await logged(number)) === "sent");
  assert.equal(sink.to(staff).length, 1);
  const owner = await rig.page();
  await owner.goto("/admin/outgoing");
  await owner.getByRole("row").filter({ hasText: staff }).first().waitFor();
  await rig.looks(owner, "the log");
}, 180_000);

test("an address that mail comes back from is marked until somebody says so", async () => {
  const api = await rig.api();
  assert.equal((await api.put("/mail-server", settings())).status, 200);
  sink.refuse = "";
  sink.mails = [];
  const number = await answered("Comes back");
  await until("it is sent", async () => (await logged(number)) === "sent");
  await report(sink.to(staff)[0]!.from, "5.1.1", "550 5.1.1 no such user here");
  await until("it came back", async () => (await logged(number)) === "bounced");
  for (const width of [1440, 390]) {
    const page = await rig.page({ as: accounts, width, height: 900 });
    await page.goto(`/tickets/${number}?details=1`);
    await page.getByText("Mail to this address comes back.").waitFor();
    await page.getByText("no such user here").first().waitFor();
    await rig.looks(page, `an address that mail comes back from, ${width} px`);
    if (width === 390) {
      await page.getByRole("button", { name: "Send there again" }).click();
      await page.getByText("Mail to this address comes back.").waitFor({ state: "detached" });
    }
    await page.context().close();
  }
}, 180_000);

test("a key for signing is made, shows its record, and signs nothing before that is published", async () => {
  const page = await rig.page();
  await page.goto("/admin/outgoing");
  const domain = page.getByRole("region", { name: "acme.example", exact: true });
  await domain.getByRole("button", { name: /^Make a/ }).click();
  await page.getByRole("dialog", { name: "A key for acme.example" }).getByRole("button", { name: "Save" }).click();
  const key = domain.getByRole("group", { name: /^dm20/ }).last();
  await key.getByText(/^v=DKIM1; k=rsa; p=MII/).waitFor();
  await key.getByText(/\._domainkey\.acme\.example$/).waitFor();
  await rig.looks(page, "a key");
  await key.getByRole("button", { name: "Check now" }).click();
  await key.getByText(/There is no record yet|did not answer/).waitFor();
  await key.getByRole("button", { name: "Start signing" }).click();
  await page.getByText("The record cannot be found yet, so nothing is signed.").first().waitFor();
  await rig.looks(page, "a key whose record is missing");
  for (const dark of [false, true]) {
    const phone = await rig.page({ width: 390, height: 844, dark });
    await phone.goto("/admin/outgoing");
    await phone.getByText(/^v=DKIM1/).first().waitFor();
    await rig.axe(phone, `outgoing mail at 390 px, ${dark ? "dark" : "light"}`);
    await rig.fits(phone, "outgoing mail at 390 px");
    await phone.context().close();
  }
  await key.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await key.waitFor({ state: "detached" });
}, 180_000);

test("a held mail is read again once what held it is gone", async () => {
  const api = await rig.api();
  const inboxes = (await api.get("/inboxes?limit=200")).body.items as { id: number; address: string }[];
  const hr = inboxes.find((i) => i.address.startsWith("hr@"))!;
  assert.equal((await api.patch(`/inboxes/${hr.id}`, { active: false })).status, 200);
  await rig.send("stranger@outside.example", hr.address, "Held back", "Please read me");
  const page = await rig.page();
  await page.goto("/admin/held-mails");
  const row = page.getByRole("row").filter({ hasText: "stranger@outside.example" });
  await until("it is held", async () => {
    await page.reload();
    return row.first().waitFor({ timeout: 5000 }).then(() => true, () => false);
  });
  assert.equal((await api.patch(`/inboxes/${hr.id}`, { active: true })).status, 200);
  await rig.looks(page, "a held mail");
  await row.getByRole("button", { name: "Read again" }).click();
  await until("it is a ticket", async () => ((await api.get("/tickets?view=all&limit=50")).body.items as { subject: string }[]).some((x) => x.subject === "Held back"));
}, 120_000);
