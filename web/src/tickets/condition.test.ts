import { expect, test } from "vitest";
import type { Field } from "./api";
import { type List, begin, blamed, put, readText, turn, unfilled, write, writeText, wrote } from "./condition";

const text = '{"all":[{"field":"status","op":"in","value":["new","open"]},{"any":[{"field":"assignee","op":"is","value":"me"},{"field":"updated","op":"within_last","value":{"days":7}}]}]}';
const status = { key: "status", type: "choice", operators: ["is", "in", "empty"], choices: [{ value: "new", name: "new" }], help: "", several: false } as Field;

test("a filter is read and written back as it was", () => {
  expect(writeText(readText(text) as List)).toBe(text);
});

test("a single condition gets a list around it, nothing is an empty list, nonsense is refused", () => {
  expect(readText('{"field":"private","op":"is","value":true}')).toEqual({ kind: "all", items: [{ field: "private", op: "is", value: true }] });
  expect(readText("")).toEqual({ kind: "all", items: [] });
  expect(readText("{")).toBeUndefined();
  expect(readText('{"all":[{"x":1}]}')).toBeUndefined();
});

test("a place is found, changed and named as the server names it", () => {
  const list = readText(text) as List;
  expect(wrote(list, [1, 0])).toBe("all[1].any[0]");
  expect(blamed("At all[1].any[0]: there is no such field.")).toEqual({ place: "all[1].any[0]", text: "there is no such field." });
  expect(blamed("The filter is too long.").place).toBe("");
  expect(write(put(list, [1, 0], () => undefined))).toEqual({ all: [{ field: "status", op: "in", value: ["new", "open"] }, { any: [{ field: "updated", op: "within_last", value: { days: 7 } }] }] });
});

test("another operator keeps the value where it can", () => {
  const leaf = begin(status);
  expect(turn(leaf, status, "in")).toEqual({ field: "status", op: "in", value: ["new"] });
  expect(turn({ field: "status", op: "in", value: ["open", "new"] }, status, "is").value).toBe("open");
  expect(unfilled(turn(leaf, status, "empty"))).toBe(false);
  expect(unfilled({ field: "status", op: "in", value: [] })).toBe(true);
});
