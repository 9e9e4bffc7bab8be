import { expect, test, vi } from "vitest";
import { since, stamp } from "./time";

vi.stubGlobal("navigator", { languages: ["en-GB"] });
vi.stubGlobal("localStorage", { getItem: () => null });

const now = Date.parse("2026-03-18T15:00:00");
const before = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

test("a list tells how long ago a ticket was touched, then the day", () => {
  expect(since(before(-2), now)).toBe("now");
  expect(since(before(12), now)).toBe("12 mins");
  expect(since(before(5 * 60 + 59), now)).toBe("5 hrs");
  expect(since(before(14 * 60), now)).toBe("14 hrs");
  expect(since(before(16 * 60), now)).toBe("Yesterday");
  expect(since(before(3 * 24 * 60), now)).toMatch(/15/);
});

test("soon after midnight the evening before is hours ago, not a day", () => {
  const night = Date.parse("2026-03-18T02:00:00");
  expect(since(new Date(night - 3 * 3_600_000).toISOString(), night)).toBe("3 hrs");
});

test("a line of a conversation has the hour, and the day where it is another one", () => {
  expect(stamp(before(30), now)).toBe("14:30");
  expect(stamp(before(24 * 60), now)).toMatch(/^Tue 15:00$/);
  expect(stamp(before(24 * 60 * 20), now)).toMatch(/26.*, /);
});
