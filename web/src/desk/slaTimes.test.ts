import { expect, test } from "vitest";
import { fromMinutes, inMinutes } from "./slaTimes";

test("minutes are told in the largest unit that fits", () => {
  expect(fromMinutes(45)).toEqual({ n: 45, unit: "minute" });
  expect(fromMinutes(90)).toEqual({ n: 90, unit: "minute" });
  expect(fromMinutes(480)).toEqual({ n: 8, unit: "hour" });
  expect(fromMinutes(2880)).toEqual({ n: 2, unit: "day" });
  expect(inMinutes(fromMinutes(2880).n, fromMinutes(2880).unit)).toBe(2880);
});
