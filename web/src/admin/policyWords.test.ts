import { beforeAll, expect, test, vi } from "vitest";
import { loadTexts, speak } from "@/app/i18n";
import { type Saying, sentence } from "./policyWords";

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["en-GB"], platform: "" });
  vi.stubGlobal("document", { documentElement: {} });
  await speak("en");
  await loadTexts("admin");
});

const none: Saying = {
  allow: false, requesters: false, condition: null, all_agents: false, all_groups: false, all_requesters: false, all_partners: false,
  roles: [], brands: [], groups: [], agents: [], to_groups: [], agents_of_brands: [], members_of_groups: [], partners: [],
};
const hr = { id: 2, name: "HR" };

test("an entry of the sharing policy reads as a sentence", () => {
  expect(sentence(none, [])).toBe("Nobody may share any ticket with anybody.");
  expect(sentence({ ...none, allow: true, to_groups: [hr], members_of_groups: [hr] }, [])).toBe("Everybody may share any ticket with the group HR or members of HR.");
  expect(sentence({ ...none, roles: [{ id: 1, name: "Agent" }], brands: [{ id: 1, name: "Acme" }], groups: [hr], agents: [{ id: 9, name: "Ana" }] }, [])).toBe(
    "People with the role Agent may not share tickets of the brand Acme in the group HR with Ana.",
  );
});

test("what is gone is said to be gone, and never read as anybody", () => {
  expect(sentence({ ...none, to_groups: [{ id: 7, name: "" }] }, [])).toBe("Nobody may share any ticket with the group (deleted).");
});
