import { expect, test, vi } from "vitest";
import { type Day, type Hours, inWeek } from "./weekHours";

vi.stubGlobal("navigator", { languages: ["en-GB"] });

const day = (...list: [Day, string, string][]): Hours[] => list.map(([d, from, to]) => ({ day: d, from, to }));

test("days with the same hours stand together", () => {
  const week = day(["monday", "09:00", "17:00"], ["tuesday", "09:00", "17:00"], ["wednesday", "09:00", "12:00"], ["wednesday", "13:00", "17:00"], ["sunday", "00:00", "24:00"]);
  expect(inWeek(week)).toBe("Mon–Tue 09:00–17:00, Wed 09:00–12:00 13:00–17:00, Sun 00:00–24:00");
  expect(inWeek([])).toBe("");
});
