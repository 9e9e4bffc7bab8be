import { beforeAll, describe, expect, test, vi } from "vitest";
import { loadTexts, speak } from "@/app/i18n";
import type { Partner } from "./types";
import { crossing, effect, endedByUs, label, nextTry, standing, under, usualTerms } from "./words";

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["en-GB"], platform: "" });
  vi.stubGlobal("document", { documentElement: {} });
  await speak("en");
  await loadTexts("partners");
});

const partner = (change: Partial<Partner> = {}): Partner => ({
  id: 1, direction: "outbound", status: "accepted", name: "", partner_name: "Voltaic", host: "care.voltaic.example", address: "https://care.voltaic.example/sharing",
  our_address: "https://acme.example/sharing", fingerprint: "7F2C 91AB", terms: usualTerms, inbox_id: null, rotating: false, reason: "", paused: false, deactivated_by: "", capable: true, signs: false,
  tickets: 0, waiting: 0, late: "", created_at: "2026-11-20T10:00:00Z", updated_at: "2026-11-20T10:00:00Z", decided_at: null, version: 1, ...change,
});

describe("what a partner is called", () => {
  test("their host, with what they call themselves below, until we give them a name", () => {
    expect(label(partner())).toBe("care.voltaic.example");
    expect(under(partner())).toContain("Voltaic");
    expect(label(partner({ name: "Batteries" }))).toBe("Batteries");
    expect(under(partner({ name: "Batteries" }))).toBe("care.voltaic.example");
  });
});

describe("how an agreement stands", () => {
  const now = Date.parse("2026-11-23T10:00:00Z");
  const said = (change: Partial<Partner>) => standing(partner(change), now).map((m) => m.text);
  test.each([
    [{ status: "draft" }, ["Invitation on its way"]],
    [{ status: "pending" }, ["Invited 3 days ago"]],
    [{ status: "pending", direction: "inbound" }, ["Waits for your answer"]],
    [{}, ["Active"]],
    [{ waiting: 3 }, ["Active", "3 waiting"]],
    [{ waiting: 3, late: "The connection failed." }, ["Active", "3 delayed"]],
    [{ paused: true }, ["Paused"]],
    [{ status: "declined" }, ["Declined by them"]],
    [{ status: "declined", direction: "inbound" }, ["Declined by you"]],
    [{ status: "inactive", deactivated_by: "sender" }, ["Ended by you"]],
    [{ status: "inactive", deactivated_by: "receiver" }, ["Ended by them"]],
    [{ status: "failed" }, ["Not delivered"]],
    [{ status: "ssl_error" }, ["Certificate problem"]],
    [{ status: "configuration_error" }, ["Address problem"]],
  ] as [Partial<Partner>, string[]][])("%o", (change, words) => expect(said(change)).toEqual(words));

  test("a try that is near is not said to be now", () => {
    expect(nextTry("2026-11-23T10:00:20Z", now)).toBe("Next try in a moment");
    expect(nextTry("2026-11-23T10:20:00Z", now)).toContain("20");
  });

  test("the side that ended it is seen from here", () => {
    expect(endedByUs(partner({ direction: "inbound", deactivated_by: "receiver" }))).toBe(true);
    expect(endedByUs(partner({ direction: "inbound", deactivated_by: "sender" }))).toBe(false);
  });
});

describe("terms in words", () => {
  test("in short", () => {
    expect(crossing(usualTerms)).toBe("Replies, notes, status, files");
    expect(crossing({ ...usualTerms, public_comments: false, private_comments: false, status: false, attachments: false })).toBe("Nothing but the subject");
  });
  test("as sentences", () => {
    const words = effect({ ...usualTerms, private_comments: false, fields: ["Serial number"], tags: true }, "outbound", "Voltaic").join(" ");
    expect(words).toContain("Your agents can share tickets with Voltaic");
    expect(words).toContain("Internal notes stay");
    expect(words).toContain("“Serial number”");
    expect(words).toContain("Local notes never leave");
  });
  test("without comments nothing is said of files and earlier messages", () => {
    const words = effect({ ...usualTerms, public_comments: false, private_comments: false }, "inbound", "Voltaic").join(" ");
    expect(words).not.toContain("Files");
    expect(words).not.toContain("Earlier");
  });
  test("only marked messages", () => {
    expect(effect({ ...usualTerms, only_marked: true }, "outbound", "Voltaic").join(" ")).toContain("marked");
  });
});
