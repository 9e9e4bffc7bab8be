import { expect, test } from "vitest";
import type { TicketEvent } from "@/api/queries";
import { arrange, grouped } from "./thread";
import { describe as say } from "./describe";
import { csv } from "./csv";

const event = (id: number, at: string, kind = "ticket.share.created") =>
  ({ id, at, kind, actor: { id: 1, name: "Ada" }, changes: [], message: null, internal: true, version: 1, other: null, cause: { kind: "person", id: 1, name: "Ada" }, share: { id, target: { kind: "agent", id: 2, name: "Bo" }, old: null, new: null, reason: "", end_cause: "" } }) as unknown as TicketEvent;

test("more than three lines within a minute become one group, three do not", () => {
  const lines = (n: number) => Array.from({ length: n }, (_, i) => say(event(i + 1, `2026-01-01T00:00:0${i}Z`), new Map())).filter((l) => l !== null);
  expect(grouped(lines(3), []).map((g) => g.length)).toEqual([1, 1, 1]);
  expect(grouped(lines(4), []).map((g) => g.length)).toEqual([4]);
  expect(grouped(lines(4), [{ created_at: "2026-01-01T00:00:01.500Z" }]).map((g) => g.length)).toEqual([1, 1, 1, 1]);
});

test("the filter of sharing leaves changes and messages out", () => {
  const list = [event(1, "2026-01-01T00:00:00Z"), event(2, "2026-01-01T00:05:00Z", "ticket.deleted")];
  expect(arrange([], list, "sharing", new Map()).length).toBe(1);
  expect(arrange([], list, "changes", new Map()).length).toBe(1);
  expect(arrange([], list, "all", new Map()).length).toBe(2);
  expect(arrange([], list, "messages", new Map()).length).toBe(0);
});

test("a cell that a spreadsheet would compute is text in the CSV", () => {
  expect(csv([["=1+1", 'a "b"'], ["-2", "+3"], ["@x", "\tz"]])).toBe('\ufeff"\'=1+1","a ""b"""\r\n"\'-2","\'+3"\r\n"\'@x","\'\tz"\r\n');
});
