import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Names, actionWords, parts, plain } from "./words";
import { loadTexts, speak } from "@/app/i18n";
import type { Field } from "@/tickets/api";
import { type Draft, blank } from "./model";
import { sentence } from "./sentence";

const field = (key: string, type: Field["type"], choices: Field["choices"] = [], help = ""): Field => ({ key, type, choices, help, operators: [], several: false });
const fields = [
  field("status", "choice", [{ value: "open", name: "open" }, { value: "solved", name: "solved" }]),
  field("priority", "choice", [{ value: "urgent", name: "urgent" }]),
  field("assignee", "person"),
  field("tags", "tags"),
  field("group", "group", [{ value: 5, name: "HR" }]),
  field("field:7", "text", [], "Floor"),
];
const names = {
  fields,
  person: (id: number) => ({ 3: "Amara Okafor" })[id] ?? `#${id}`,
  company: (id: number) => `#${id}`,
  group: (id: number) => ({ 5: "HR" })[id] ?? `#${id}`,
  webhook: () => "Robot",
  brand: () => "Lumen",
  calendar: () => "Vienna",
  template: () => "Involve HR",
} satisfies Names;

const rule = (change: Partial<Draft>): Draft => ({ ...blank("create"), ...change });
const said = (change: Partial<Draft>) => plain(sentence(rule(change), names));

beforeAll(() => {
  vi.stubGlobal("navigator", { languages: ["en-GB"], platform: "" });
  vi.stubGlobal("document", { documentElement: {} });
});

const language = async (tag: string) => {
  vi.stubGlobal("navigator", { languages: [tag], platform: "" });
  await speak(tag);
  await loadTexts("actions", "rules");
};
const parser = { parseFromString: (html: string) => ({ body: { nodeName: "BODY", childNodes: [{ nodeType: 3, textContent: html.replace(/<[^>]*>/g, "") }] } }) };

const escalate: Partial<Draft> = {
  kind: "update",
  performers: ["agent", "requester"],
  events: [{ event: "status", from: "open", to: "solved" }, { event: "reply" }],
  condition: { all: [{ field: "priority", op: "is", value: "urgent" }, { any: [{ field: "assignee", op: "is", value: 3 }, { field: "tags", op: "has_any", value: ["vip", "battery"] }] }] },
  hours: "during",
  calendar_id: 2,
  brand_id: 1,
  actions: [{ do: "share", targets: [{ kind: "group", id: 5 }, { kind: "group_owner" }], level: "comment", expires_in_hours: 168 }, { do: "add_tags", tags: ["with-hr"] }],
};

test("nothing chosen yet", async () => {
  await language("en");
  expect(said({})).toBe("When a ticket is created: nothing yet.");
  await language("de");
  expect(said({})).toBe("Wenn ein Ticket angelegt wird: noch nichts.");
});

test("a whole rule in English", async () => {
  await language("en");
  expect(said(escalate)).toBe(
    "When an agent or a requester changes a ticket, and Status changes from Open to Solved or a reply is added, in the brand Lumen, during business hours (Vienna), and Priority is Urgent and (Assignee is Amara Okafor or Tags has any of vip, battery): share with HR and the owner of its group (Can comment, ends after 7 days) and add the tag with-hr.",
  );
});

test("a whole rule in German", async () => {
  await language("de");
  expect(said(escalate)).toBe(
    "Wenn ein Agent oder eine anfragende Person ein Ticket ändert, und zwar so: Status wechselt von Offen zu Gelöst oder eine Antwort kommt hinzu, in der Marke Lumen, während der Geschäftszeiten (Vienna), und Priorität ist Dringend und (Zuständige Person ist Amara Okafor oder Schlagwörter hat eines von vip, battery): für HR und die Leitung seiner Gruppe freigeben (Kann kommentieren, endet nach 7 Tagen) und das Schlagwort with-hr hinzufügen.",
  );
});

test("what was chosen is marked, and nothing that was typed can mark itself", async () => {
  await language("en");
  const marked = parts(sentence(rule({ actions: [{ do: "add_tags", tags: ["v\u0002ip\u0003"] }] }), names));
  expect(marked.filter((p) => p.strong).map((p) => p.text)).toEqual(["vip"]);
  expect(marked.map((p) => p.text).join("")).toBe("When a ticket is created: add the tag vip.");
});

test("time rules have nobody who performs them", async () => {
  await language("en");
  expect(said({ kind: "time", performers: ["agent"] })).toBe("Every quarter of an hour, for each ticket: nothing yet.");
  expect(said({ kind: "assign", performers: [] })).toMatch(/^When a ticket has neither agent nor group: /);
});

beforeEach(() => vi.stubGlobal("DOMParser", class { parseFromString = parser.parseFromString; }));

test("every action has words", async () => {
  await language("en");
  const say = (a: Parameters<typeof actionWords>[0]) => plain(actionWords(a, names));
  expect(say({ do: "set", field: "status", value: "solved" })).toBe("set Status to Solved");
  expect(say({ do: "set", field: "field:7", value: "" })).toBe("clear Floor");
  expect(say({ do: "assign", how: "person", person_id: 3 })).toBe("assign to Amara Okafor");
  expect(say({ do: "share", template_id: 1 })).toBe("share by the template Involve HR");
  expect(say({ do: "assign", how: "round_robin" })).toBe("assign in turn within the ticket's group");
  expect(say({ do: "assign", how: "nobody" })).toBe("assign to nobody");
  expect(say({ do: "reply", html: "<p>Thank you</p>" })).toBe("reply “Thank you”");
  expect(say({ do: "notify", to: [{ kind: "assignee" }, { kind: "agent", id: 3 }], subject: "Late", html: "x" })).toBe("mail “Late” to the assignee and Amara Okafor");
  expect(say({ do: "webhook", webhook_id: 1 })).toBe("call the webhook Robot");
  expect(say({ do: "set_expiry", targets: [{ kind: "field_group", id: 7 }], expires_in_hours: 0 })).toBe("let the shares with the group named in Floor never end");
  expect(say({ do: "make_link", level: "view" })).toBe("make a public link with which one can view");
  for (const kind of ["unshare_all", "revoke_links", "spam", "delete"] as const) expect(say({ do: kind })).not.toBe(kind);
});
