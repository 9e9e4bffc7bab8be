import { beforeAll, expect, test, vi } from "vitest";
import { loadTexts, speak } from "@/app/i18n";
import type { Field } from "./api";
import { inWords } from "./filterWords";

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["en-GB"], platform: "" });
  vi.stubGlobal("document", { documentElement: {} });
  await speak("en");
  await loadTexts();
});

const field = (key: string, type: Field["type"], choices: Field["choices"] = []): Field => ({ key, type, choices, help: "Floor", operators: [], several: false });
const fields = [field("status", "choice", [{ value: "open", name: "open" }]), field("tags", "tags"), field("updated", "date"), field("private", "boolean"), field("field:7", "text")];

test("a condition is put in words, groups in brackets", () => {
  const rest = { kind: "any" as const, items: [{ field: "tags", op: "has_any", value: ["vip", "refund"] }, { field: "updated", op: "within_last", value: { days: 7 } }] };
  expect(inWords({ field: "status", op: "is", value: "open" }, fields)).toBe("Status is Open");
  expect(inWords({ kind: "all", items: [{ field: "private", op: "is", value: false }, rest] }, fields)).toMatch(/^Private is No and \(Tags .*any of vip, refund or .*7 days\)$/);
});

test("an own field brings its name, and one that is gone is shown as it stands", () => {
  expect(inWords({ field: "field:7", op: "contains", value: "3" }, fields)).toBe("Floor contains 3");
  expect(inWords({ field: "field:8", op: "is", value: 3 }, fields)).toBe("field:8 is 3");
});
