import { expect, test } from "vitest";
import { placeFor, spanOf } from "./inSight";

test("the rows in sight are drawn with some around them, in steps of four", () => {
  expect(spanOf(0, 840, 84)).toEqual({ first: 0, end: 16 });
  expect(spanOf(84 * 20, 840, 84)).toEqual({ first: 12, end: 36 });
  // A scroll of less than four rows mostly draws what is drawn already.
  expect(spanOf(84 * 20 + 30, 800, 84)).toEqual(spanOf(84 * 20, 800, 84));
  expect(spanOf(-50, 0, 56)).toEqual({ first: 0, end: 8 });
});

test.each([0, 1, 83, 84, 4_999, 123_456])("scrolled to %i, no row in sight is missing", (top) => {
  const { first, end } = spanOf(top, 700, 84);
  expect(first * 84).toBeLessThanOrEqual(top);
  expect(end * 84).toBeGreaterThanOrEqual(top + 700);
});

test("a row comes into sight by the shortest way, and stays where it is when it is in sight", () => {
  expect(placeFor(5, 0, 840, 84)).toBe(0);
  expect(placeFor(10, 0, 840, 84)).toBe(84);
  expect(placeFor(3, 840, 840, 84)).toBe(252);
});
