import { expect, test } from "vitest";
import type { Row } from "@/api/queries";
import { takeIn } from "./fresh";

const row = (number: number, subject = "") => ({ number, subject }) as Row;
const numbers = (rows: Row[]) => rows.map((r) => r.number);

test("what has come is counted and does not move rows", () => {
  const news = takeIn([row(3), row(2), row(1)], { items: [row(5), row(4), row(3), row(2)], next: "more" });
  expect(numbers(news.rows)).toEqual([3, 2, 1]);
  expect(news.come).toBe(2);
});

test("what has left the list is taken out, what was pushed onto the next page stays", () => {
  const news = takeIn([row(4), row(3), row(2), row(1)], { items: [row(5), row(4), row(2)], next: "more" });
  expect(numbers(news.rows)).toEqual([4, 2, 1]);
});

test("on the last page everything that is missing has left", () => {
  expect(numbers(takeIn([row(2), row(1)], { items: [row(2)], next: null }).rows)).toEqual([2]);
});

test("a row shows what it says now, where it stood", () => {
  const news = takeIn([row(2, "old"), row(1)], { items: [row(1), row(2, "new")], next: null });
  expect(numbers(news.rows)).toEqual([2, 1]);
  expect(news.rows[0]?.subject).toBe("new");
  expect(news.come).toBe(0);
});
