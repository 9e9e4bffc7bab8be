import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Share } from "@/api/queries";
import { loadTexts, speak } from "@/app/i18n";
import {
  type Choice, type Sight, afterwards, direction, effect, endAt, endChoices, ends, gaining, holds, marks, matches, maySetShares, nearness, parseAddresses, remains, sharedBy, soonest,
  startTerms, why,
} from "./model";

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["en-GB"], platform: "" });
  vi.stubGlobal("document", { documentElement: {} });
  await speak("en");
  await loadTexts();
});

const share = (over: Partial<Share> = {}): Share => ({
  id: 1,
  target: { kind: "agent", id: 7, name: "Bo", active: true },
  level: "edit",
  see_internal: true,
  reply_public: true,
  forward: false,
  can_reshare: false,
  reason: "",
  cause: { kind: "person", id: 2, name: "Ada" },
  created_by: { id: 2, name: "Ada" },
  created_at: "2026-11-20T10:00:00Z",
  expires_at: null,
  opened_at: null,
  ...over,
});
const sight = (id: number, reasons: Sight["reasons"], level = "edit"): Sight => ({ person: { id, name: `P${id}`, address: "", kind: "agent", active: true }, level, rights: [], reasons });
const choice = (over: Partial<Choice>): Choice => ({ kind: "agent", id: 1, name: "x", address: null, members: null, access: null, shared: false, ...over });

describe("what may be given", () => {
  const settings = { "sharing.default_level": "edit", "sharing.forward_on_shared": false, "sharing.recipients_can_reshare": true };

  test("never more than one holds", () => {
    expect(holds(["see", "see_internal", "note"], [], settings)).toEqual({ level: "comment", see_internal: true, reply_public: false, forward: false, can_reshare: false });
    expect(holds(["see"], [], settings).level).toBe("view");
    expect(holds(["see", "edit", "forward", "share"], [], { ...settings, "sharing.forward_on_shared": true })).toMatchObject({ level: "edit", forward: true, can_reshare: true });
  });

  test("the account's default is lessened to what one holds", () => {
    expect(startTerms(holds(["see", "see_internal", "note", "share"], [], settings), settings)).toMatchObject({ level: "comment", see_internal: true, can_reshare: true });
    expect(startTerms(holds(["see", "edit", "share"], [], settings), { ...settings, "sharing.default_level": "view" }).level).toBe("view");
  });

  test("S0-43 who may change whom a ticket is shared with", () => {
    const reach = [{ way: "reach" as const, group: null, share_id: null }];
    const shared = [{ way: "share" as const, group: null, share_id: 3 }];
    expect(maySetShares({ rights: ["see", "share"], reasons: shared }, [])).toBe(true);
    expect(maySetShares({ rights: ["see"], reasons: reach }, [])).toBe(false);
    expect(maySetShares({ rights: ["see"], reasons: reach }, ["shares.manage"])).toBe(true);
    expect(maySetShares({ rights: ["see"], reasons: shared }, ["shares.manage"])).toBe(false);
  });
});

describe("what terms mean", () => {
  const terms = { level: "edit" as const, see_internal: true, reply_public: true, forward: false, can_reshare: false };

  test("each level and flag has its sentence", () => {
    expect(effect(terms)).toEqual(["sharing.effect.edit"]);
    expect(effect({ ...terms, reply_public: false })).toEqual(["sharing.effect.edit_noreply"]);
    expect(effect({ ...terms, see_internal: false, can_reshare: true })).toEqual(["sharing.effect.edit_public", "sharing.effect.reshare"]);
    expect(effect({ ...terms, level: "comment", see_internal: false })).toEqual(["sharing.effect.comment_public"]);
    // Flags that need editing say nothing below it.
    expect(effect({ ...terms, level: "view", can_reshare: true, forward: true })).toEqual(["sharing.effect.view"]);
  });

  test("requesters never see notes", () => {
    expect(effect(terms, true)).toEqual(["sharing.effect.requester"]);
    expect(effect({ ...terms, level: "view" }, true)).toEqual(["sharing.effect.requester_view"]);
  });
});

describe("reasons", () => {
  test("each way in has words", () => {
    expect(why({ way: "reach", group: "Billing", share_id: null })).toBe("Member of Billing");
    expect(why({ way: "group_share", group: "Billing", share_id: 4 })).toBe("Shared with Billing");
    expect(why({ way: "share", group: null, share_id: 1 }, share())).toBe("Shared by Ada");
    expect(sharedBy(share({ cause: { kind: "rule", id: 1, name: "Escalate" } }))).toBe("Shared by the rule Escalate");
    expect(sharedBy(share({ created_by: null }))).toBe("Shared by the help desk");
  });

  test("removing says what stays", () => {
    const both = sight(7, [{ way: "share", group: null, share_id: 1, level: "edit" }, { way: "group_share", group: "Billing", share_id: 2, level: "view" }]);
    expect(remains(both, 1)).toHaveLength(1);
    expect(afterwards(share(), [both])).toBe("still sees it through Billing");
    expect(afterwards(share(), [sight(7, [{ way: "share", group: null, share_id: 1 }])])).toBe("no access any more");
    const group = share({ id: 2, target: { kind: "group", id: 3, name: "Billing", active: true } });
    const member = (id: number) => sight(id, [{ way: "group_share", group: "Billing", share_id: 2 }]);
    expect(afterwards(group, [both, member(8), member(9)])).toBe("2 agents lose access");
    expect(afterwards(group, [both])).toBe("all of them still see it in another way");
  });

  test("the direction is the reader's", () => {
    const shared = [{ way: "share" as const, group: null, share_id: 3 }];
    expect(direction({ shares: 0, reasons: [{ way: "reach", group: null, share_id: null }] })).toBe("none");
    expect(direction({ shares: 2, reasons: [{ way: "reach", group: null, share_id: null }] })).toBe("out");
    expect(direction({ shares: 1, reasons: shared })).toBe("in");
    expect(direction({ shares: 2, reasons: shared })).toBe("both");
  });
});

describe("ends", () => {
  const now = Date.parse("2026-11-23T10:00:30Z");

  test("words and the soonest", () => {
    expect(ends("2026-11-25T10:00:30Z", now)).toBe("Ends in 2 days");
    expect(ends("2026-11-25T10:00:00Z", now)).toBe("Ends in 2 days");
    expect(ends("2026-11-20T10:00:00Z", now)).toBe("Ended");
    expect(soonest([{ expires_at: null }, { expires_at: "2026-11-29T00:00:00Z" }, { expires_at: "2026-11-25T00:00:00Z" }], 7, now)).toBe("2026-11-25T00:00:00Z");
    expect(soonest([{ expires_at: "2026-12-25T00:00:00Z" }], 7, now)).toBe("");
  });

  test("choices keep to the desk's limits", () => {
    const values = (s: Record<string, unknown>, change = false) => endChoices(s, change).map((c) => c.value);
    expect(values({})).toEqual(["", "1", "7", "30", "date"]);
    expect(values({ "sharing.default_expiry_days": 7 })).toEqual(["", "1", "30", "date"]);
    expect(values({ "sharing.max_expiry_days": 10 })).toEqual(["", "1", "7", "date"]);
    expect(values({ "sharing.max_expiry_days": 10 }, true)).toEqual(["1", "7", "date"]);
  });

  test("a choice becomes a moment on a full minute", () => {
    expect(endAt("", "", now)).toBeNull();
    expect(endAt("7", "", now)).toBe("2026-11-30T10:01:00.000Z");
    expect(endAt("date", "2026-12-01T09:00", now)).toBe(new Date("2026-12-01T09:00").toISOString());
  });
});

describe("addresses that are pasted", () => {
  test.each([
    ["ada@x.example, bo@y.example", ["ada@x.example", "bo@y.example"], []],
    ["Ada Lindqvist <Ada@X.example>; Bo <bo@y.example>", ["ada@x.example", "bo@y.example"], []],
    ["ada@x.example bo@y.example\ncy@z.example", ["ada@x.example", "bo@y.example", "cy@z.example"], []],
    ["mailto:ada@x.example\tada@x.example", ["ada@x.example"], []],
    ["ada@x.example, bo at y, @z, cy@", ["ada@x.example"], ["bo at y", "@z", "cy@"]],
    ["Jürgen <jürgen@müller.example>", ["jürgen@müller.example"], []],
    ["just a name", [], ["just a name"]],
    ["", [], []],
  ])("%j", (text, addresses, rest) => {
    expect(parseAddresses(text)).toEqual({ addresses, rest });
  });
});

test("matches are marked where words begin", () => {
  expect(marks("Ivo Vogel", "vo")).toEqual([["Ivo ", false], ["Vo", true], ["gel", false]]);
  expect(marks("a.b@c.example", "b@c")).toEqual([["a.", false], ["b@c", true], [".example", false]]);
  expect(marks("(x", "(")).toEqual([["(", true], ["x", false]]);
  expect(marks("Ada", "")).toEqual([["Ada", false]]);
});

test("a search finds by how a name, a word of it or an address begins", () => {
  const mai = { name: "Nguyễn Thị Mai", address: "billing.agent@acme.example" };
  for (const search of ["", "ngu", "NGUYEN", "mai", "thi m", "billing.a"]) expect(matches(mai, search), search).toBe(true);
  for (const search of ["ai", "agent", "mai x"]) expect(matches(mai, search), search).toBe(false);
  expect(matches({ name: "HR", address: null }, "h")).toBe(true);
  expect([{ name: "Hr Agent" }, { name: "HR" }, { name: "Mai" }].map((c) => nearness(c, "hr"))).toEqual([1, 0, 2]);
});

test("people who gain access are counted once, and those who see the ticket not at all", () => {
  const chosen = [choice({ id: 1 }), choice({ kind: "group", id: 5, members: 3 }), choice({ kind: "requester", id: 9 })];
  expect(gaining(chosen, new Map([[5, [1, 2, 3]]]), new Set([3]))).toEqual({ agents: 2, outside: 1, exact: true });
  expect(gaining(chosen, new Map(), new Set([1]))).toEqual({ agents: 3, outside: 1, exact: false });
});
