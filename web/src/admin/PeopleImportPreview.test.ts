import { expect, test } from "vitest";
import { assign, fieldsOf } from "./PeopleImportPreview";

const columns = [
  { header: "Mail", field: "address" },
  { header: "Work", field: null },
  { header: "Old", field: "others" },
];

test("a column takes over what another one held", () => {
  expect(assign({}, columns, "Work", "address")).toEqual({ Work: "address", Mail: "" });
});

test("several columns hold further addresses, and any number is left out", () => {
  expect(assign({}, columns, "Work", "others")).toEqual({ Work: "others" });
  expect(assign({ Work: "name" }, columns, "Work", "")).toEqual({ Work: "" });
});

test("what can be imported depends on whom and on who does it", () => {
  expect(fieldsOf("requester", ["people.manage"])).toContain("company");
  expect(fieldsOf("agent", ["people.manage"])).not.toContain("company");
  expect(fieldsOf("agent", ["people.manage"])).not.toContain("roles");
  expect(fieldsOf("agent", ["people.manage", "roles.manage", "groups.manage"])).toEqual(expect.arrayContaining(["roles", "groups"]));
});
