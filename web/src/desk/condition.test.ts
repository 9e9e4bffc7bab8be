import { expect, test } from "vitest";
import { readRows, treeOf } from "./condition";

test("rows and condition are the same both ways", () => {
  const one = { field: "status", op: "is", value: "open" };
  const two = { field: "tags", op: "has_any", value: ["vip"] };
  for (const tree of [null, one, { all: [one, two] }, { any: [one, two] }, { any: [one] }]) {
    const read = readRows(tree);
    expect(read && treeOf(read.rows, read.any)).toEqual(tree);
  }
});

test("what rows cannot show is left to the text", () => {
  const days = { field: "updated", op: "within_last", value: { days: 7 } };
  expect(readRows(days)).toBeUndefined();
  expect(readRows({ all: [{ any: [] }] })).toBeUndefined();
  expect(readRows({ field: "status", op: "in", value: ["new"] })).toBeUndefined();
  expect(readRows("{ not json")).toBeUndefined();
});
