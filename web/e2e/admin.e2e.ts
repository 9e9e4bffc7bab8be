import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type Api, type Rig, noShare, startRig } from "./rig.ts";

// The administration's people side: settings, people, roles and groups.

let rig: Rig;
let owner: Api;
beforeAll(async () => {
  rig = await startRig();
  owner = await rig.api();
});
afterAll(() => rig.close());

const idOf = async (address: string): Promise<number> => (await owner.get(`/people?q=${address}`)).body.items[0].id;

/** Opens a page of the administration and waits until nothing is being fetched for it. */
async function open(page: Page, path: string) {
  await page.goto(path);
  await page.locator("main h1").waitFor();
  await page.waitForFunction(() => !document.querySelector("main .skeletons"));
}

test("S0-44 a role that is made on the screen gives its holder the right to share", async () => {
  const page = await rig.page();
  await open(page, "/admin/roles");
  await page.getByRole("button", { name: "New role" }).click();
  await page.getByLabel("Name").fill("Sharer");
  await page.getByRole("button", { name: "Create role" }).click();
  await page.getByRole("heading", { name: "Sharer", level: 1 }).waitFor();
  for (const right of ["Reply", "Read notes", "Edit tickets"]) await page.getByRole("checkbox", { name: new RegExp(`^${right}`) }).check();
  await page.getByRole("checkbox", { name: /^Share Ticket/ }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Unsaved changes").waitFor({ state: "detached" });
  const made = (await owner.get("/roles?q=Sharer")).body.items[0];
  assert.deepEqual(made.permissions, ["tickets.reply", "notes.read", "tickets.edit", "tickets.share"]);

  const holder = await idOf(noShare);
  const before = (await owner.get(`/people/${holder}`)).body.roles;
  assert.ok(!(await (await rig.api(noShare)).get("/me")).body.permissions.includes("tickets.share"));
  await open(page, `/admin/people/${holder}`);
  await page.getByRole("checkbox", { name: "Sharer" }).check();
  await page.getByText("Share Ticket", { exact: true }).waitFor(); // among what they may do, before it is saved
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Unsaved changes").waitFor({ state: "detached" });
  assert.ok((await (await rig.api(noShare)).get("/me")).body.permissions.includes("tickets.share"));

  // Who has it stands on the role's page, and a role in use is not deleted.
  await open(page, `/admin/roles/${made.id}`);
  await page.getByRole("link", { name: (await owner.get(`/people/${holder}`)).body.name }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Delete" }).getAttribute("aria-disabled"), "true");
  await owner.patch(`/people/${holder}`, { roles: before });
  await open(page, `/admin/roles/${made.id}`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL("**/admin/roles");
  assert.equal((await owner.get(`/roles/${made.id}`)).status, 404);
});

test("no control offers what the API would refuse, with a role that lacks each permission in turn", async () => {
  const all: string[] = (await owner.get("/permissions")).body.items.map((p: { name: string }) => p.name);
  const holder = await idOf(noShare);
  const requester = (await owner.get("/people?kind=requester&limit=1")).body.items[0].id;
  const group = (await owner.get("/groups?limit=1")).body.items[0].id;
  const role = (await owner.post("/roles", { name: "Nearly everything", permissions: all })).body.id;
  const before = (await owner.get(`/people/${holder}`)).body.roles;
  await owner.patch(`/people/${holder}`, { roles: [role] });
  const page = await rig.page({ as: noShare });
  const refused: string[] = [];
  page.on("response", (answer) => answer.status() === 403 && refused.push(`${answer.request().method()} ${answer.url()}`));
  const pages: Record<string, string> = {
    "/admin/settings": "settings.manage", "/admin/people": "people.manage", [`/admin/people/${requester}`]: "people.manage", [`/admin/people/${holder}`]: "people.manage",
    "/admin/roles": "roles.manage", [`/admin/roles/${role}`]: "roles.manage", "/admin/groups": "groups.manage", [`/admin/groups/${group}`]: "groups.manage",
  };
  for (const lacking of all) {
    assert.equal((await owner.patch(`/roles/${role}`, { permissions: all.filter((p) => p !== lacking) })).status, 200);
    const matters = [...Object.values(pages), "people.erase", "security.manage"].includes(lacking);
    const visited = matters ? Object.keys(pages) : [`/admin/people/${requester}`];
    for (const path of visited) {
      await open(page, path);
      const closed = (await page.getByText("This page is not part of your role").count()) > 0;
      assert.equal(closed, pages[path] === lacking, `${path} without ${lacking}`);
      if (closed) assert.equal(await page.locator("main :is(button, input, select)").count(), 0, `controls on ${path} without ${lacking}`);
    }
    assert.deepEqual(refused, [], `refused without ${lacking}`);
    const menu = page.getByRole("navigation", { name: "Administration" });
    for (const [path, right] of Object.entries(pages).filter(([p]) => p.split("/").length === 3)) {
      assert.equal(await menu.locator(`a[href="${path}"]`).count(), right === lacking ? 0 : 1, `the menu offers ${path} without ${lacking}`);
    }
    if (lacking !== "roles.manage") {
      await open(page, `/admin/roles/${role}`);
      for (const right of all) {
        const box = page.locator(`input[value="${right}"]`);
        assert.equal(await box.isDisabled(), right === lacking, `the box of ${right} without ${lacking}`);
      }
    }
    if (lacking === "people.erase" || lacking === "tickets.share") {
      await open(page, `/admin/people/${requester}`);
      assert.equal(await page.getByRole("button", { name: "Erase" }).count(), lacking === "people.erase" ? 0 : 1);
    }
    if (lacking === "groups.manage" || lacking === "roles.manage") {
      await open(page, `/admin/people/${await idOf("hr.agent@acme.example")}`);
      assert.equal(await page.getByRole("group", { name: "Groups" }).getByRole("checkbox").first().isDisabled(), lacking === "groups.manage");
      assert.equal(await page.getByRole("group", { name: "Roles" }).getByRole("checkbox", { name: /^Agent$/ }).isDisabled(), lacking === "roles.manage");
    }
  }
  // Somebody stronger can be looked at only.
  await open(page, "/admin/people/1");
  await page.getByText("you can look but not change").waitFor();
  assert.equal(await page.locator("main input:enabled").count(), 0);
  assert.equal(await page.getByRole("button", { name: /Deactivate|Erase|link/ }).count(), 0);
  await owner.patch(`/people/${holder}`, { roles: before });
}, 240_000);

test("settings are saved by section, refused by key, reset and put into words", async () => {
  const page = await rig.page();
  await open(page, "/admin/settings");
  const sharing = page.getByRole("region", { name: "Sharing", exact: true });
  await page.getByLabel("Agents and groups per ticket", { exact: true }).fill("7");
  await sharing.getByText("up to 7 agents and groups").waitFor();
  await page.getByLabel("Recipients may share on", { exact: true }).check();
  await sharing.getByText("Recipients may share the ticket on.").waitFor();
  await sharing.getByText("Sharing, 2 changes").waitFor();
  await page.getByLabel("Days a sign-in lasts", { exact: true }).fill("0");
  await sharing.getByRole("button", { name: "Save" }).click();
  await sharing.getByText("Unsaved changes").waitFor({ state: "detached" });
  let now = (await owner.get("/settings")).body;
  assert.equal(now["sharing.max_internal"], 7);
  assert.equal(now["sharing.recipients_can_reshare"], true);
  assert.equal(now["security.session_days"], 14); // the other section waits

  const signIn = page.getByRole("region", { name: "Sign-in" });
  await signIn.getByRole("button", { name: "Save" }).click();
  await signIn.getByText("from 1 to 365").waitFor();
  assert.equal(await page.getByLabel("Days a sign-in lasts", { exact: true }).inputValue(), "0"); // nothing typed is lost
  await signIn.getByRole("button", { name: "Discard" }).click();

  await page.getByRole("button", { name: /Set “Agents and groups per ticket” to its default/ }).click();
  await sharing.getByRole("button", { name: "Save" }).click();
  await sharing.getByText("Unsaved changes").waitFor({ state: "detached" });
  assert.equal((await owner.get("/settings")).body["sharing.max_internal"], 25);

  // A preset says what it would change first, and can be undone.
  await page.getByRole("button", { name: /changes?: Service desk$/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("cell", { name: "Share with requesters" }).waitFor();
  await rig.axe(page, "what a preset changes");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await dialog.waitFor({ state: "detached" });
  now = (await owner.get("/settings")).body;
  assert.equal(now["cc_grants_access"], "view");
  assert.equal(now["sharing.recipients_can_reshare"], false);
  await page.getByRole("button", { name: "Undo" }).last().click();
  await sharing.getByText("Recipients may share the ticket on.").waitFor();
  assert.equal((await owner.get("/settings")).body["cc_grants_access"], "none");

  // Leaving with unsaved changes asks first.
  await page.getByLabel("Ask for a reason", { exact: true }).check();
  await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: "Roles" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  assert.match(page.url(), /settings/);
  await page.getByRole("searchbox", { name: "Find a setting" }).fill("raw mails");
  await page.getByLabel("Raw mails, in days", { exact: true }).waitFor();
  assert.ok(await page.getByLabel("Ask for a reason", { exact: true }).isVisible()); // what is not saved stays in sight
  assert.ok(!(await page.getByLabel("Largest file", { exact: true }).isVisible()));
});

test("a person is made, given roles and reach, invited, deactivated, brought back and erased", async () => {
  const page = await rig.page();
  await open(page, "/admin/people");
  await page.getByRole("button", { name: "New person" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Robin Vale");
  await dialog.getByLabel("Mail address").fill("owner@acme.example");
  await dialog.getByRole("button", { name: "Create person" }).click();
  await dialog.locator(".error").waitFor(); // the address is taken; what was typed is still there
  assert.equal(await dialog.getByLabel("Name").inputValue(), "Robin Vale");
  await dialog.getByLabel("Mail address").fill("robin.vale@acme.example");
  await dialog.getByLabel("Role").selectOption({ label: "Agent" });
  await dialog.getByRole("button", { name: "Create person" }).click();
  await page.getByRole("heading", { name: "Robin Vale", level: 1 }).waitFor();
  const robin = await idOf("robin.vale@acme.example");

  await page.getByText("Sees no tickets by reach.").waitFor();
  await page.getByRole("radio", { name: /Every ticket of their inboxes/ }).check();
  await page.getByText("Has no brand or no inbox").waitFor();
  await page.getByLabel("All brands, new ones too").check();
  await page.getByRole("group", { name: "Inboxes" }).getByRole("checkbox", { name: "Support" }).check();
  await page.getByText("Sees every ticket in the inboxes Support of all brands.").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Unsaved changes").waitFor({ state: "detached" });
  const saved = (await owner.get(`/people/${robin}`)).body;
  assert.equal(saved.scope, "global");
  assert.equal(saved.all_brands, true);
  assert.equal(saved.inboxes.length, 1);

  await page.getByRole("button", { name: "Setup link" }).click();
  await dialog.getByRole("button", { name: "Make the link" }).click();
  assert.match(await page.getByLabel("One-time link").locator("code").innerText(), /^http/);
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Deactivate" }).click();
  await dialog.getByText("Tickets stay assigned to them").waitFor();
  await rig.axe(page, "before deactivating");
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal((await owner.get(`/people/${robin}`)).body.active, false);
  await page.getByRole("button", { name: "Reactivate" }).click();
  await page.getByRole("button", { name: "Deactivate" }).waitFor();
  assert.equal((await owner.get(`/people/${robin}`)).body.active, true);

  await page.getByRole("button", { name: "Erase" }).click();
  assert.equal(await dialog.getByRole("button", { name: "Erase" }).getAttribute("aria-disabled"), "true");
  await dialog.getByRole("textbox").fill("robin vale");
  await dialog.getByRole("button", { name: "Erase" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual((await owner.get("/people?q=robin.vale")).body.items, []);
});

test("people are narrowed by what stands in the address, and a group's members change at once", async () => {
  const page = await rig.page();
  await open(page, "/admin/people");
  await page.getByRole("button", { name: "Agents", exact: true }).click();
  await page.getByLabel("Any group").selectOption({ label: "HR" });
  await page.getByText("Priya Raghavan").waitFor();
  await page.getByText("Amara Okafor").waitFor({ state: "detached" });
  assert.match(page.url(), /kind=agent/);
  await page.reload();
  await page.getByText("Priya Raghavan").waitFor();
  assert.equal(await page.getByRole("row").count(), 3); // the head and two agents

  const made = (await owner.post("/groups", { name: "Night" })).body.id;
  await open(page, `/admin/groups/${made}`);
  await page.getByRole("searchbox", { name: /Add an agent/ }).fill("priya");
  await page.getByRole("button", { name: "Add Priya Raghavan" }).click();
  await page.getByRole("link", { name: "Priya Raghavan" }).waitFor();
  await page.getByRole("button", { name: "Actions for Priya Raghavan" }).click();
  await page.getByRole("menuitem", { name: "Make owner" }).click();
  await page.getByRole("button", { name: "No owner" }).waitFor();
  const group = (await owner.get(`/groups/${made}`)).body;
  assert.deepEqual(group.members, [group.owner_id]);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText("Its shares end at once").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL("**/admin/groups");
  assert.equal((await owner.get(`/groups/${made}`)).status, 404);
});

test("the pages have no finding of axe and fit at 320 px", async () => {
  const paths = ["/admin/settings", "/admin/people", "/admin/people/4", "/admin/roles", "/admin/roles/4", "/admin/groups", "/admin/groups/1"];
  for (const dark of [false, true]) {
    for (const width of [1440, 390, 320]) {
      const page = await rig.page({ width, dark });
      for (const path of paths) {
        await open(page, path);
        if (width > 320) await rig.axe(page, `${path}, ${width} px, ${dark ? "dark" : "light"}`);
        await rig.fits(page, `${path}, ${width} px`);
      }
      await page.close();
    }
  }
  const page = await rig.page({ width: 390 });
  await open(page, "/admin/people");
  await page.getByRole("button", { name: "New person" }).click();
  await page.getByRole("dialog").waitFor();
  await rig.axe(page, "a new person, 390 px");
  await open(page, "/admin/settings");
  await page.getByLabel("Ask for a reason").check();
  await page.getByText("Unsaved changes").waitFor();
  await rig.axe(page, "unsaved settings, 390 px");
});
