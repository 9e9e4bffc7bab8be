import { expect, test } from "vitest";
import { marksOf, rank } from "./match";

test("a text that begins with what was typed comes before one that holds it", () => {
  expect(rank("Settings", "settings")).toBe(3);
  expect(rank("Shared with me", "sha")).toBe(2);
  expect(rank("Recently unshared", "sha")).toBe(1);
  expect(rank("Inbox", "sha")).toBe(0);
});

test("words are found in any order, whatever their case and accents", () => {
  expect(rank("Árbol Müller", "muller arb")).toBe(1);
  expect(rank("Anything", "")).toBe(1);
});

test("marks do not overlap", () => {
  expect(marksOf("Printer labels", "print lab")).toEqual([{ start: 0, end: 5 }, { start: 8, end: 11 }]);
  expect(marksOf("Printer", "print pri")).toEqual([{ start: 0, end: 5 }]);
});
