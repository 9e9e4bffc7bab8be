import { beforeAll, expect, test, vi } from "vitest";
import { loadTexts, speak } from "@/app/i18n";
import { crosses, live, stateOf, wantMark, wayOf } from "./linkWords";
import type { Link, LinkState, Terms } from "./types";
import { usualTerms } from "./words";

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["en-GB"], platform: "" });
  vi.stubGlobal("document", { documentElement: {} });
  await speak("en");
  await loadTexts("ticket");
});

const link = (name: string, state: LinkState, terms: Partial<Terms> = {}): Pick<Link, "state" | "terms" | "partner"> => ({ state, terms: { ...usualTerms, ...terms }, partner: { id: 1, name, host: `${name.toLowerCase()}.example` } });

test("S4-07 S4-08 the mark says outbound where it was shared from here, inbound where it came from them", () => {
  expect(wayOf("sent", "Voltaic")).toMatchObject({ tone: "out", text: "To Voltaic" });
  expect(wayOf("received", "Voltaic")).toMatchObject({ tone: "in", text: "From Voltaic" });
});

test("every state has words of its own, and three of them are live", () => {
  const all: LinkState[] = ["sending", "synced", "delayed", "declined", "closed", "ended", "orphaned", "detached", "frozen"];
  expect(new Set(all.map((s) => stateOf(s, "Voltaic").text)).size).toBe(all.length);
  expect(stateOf("closed", "Voltaic").text, "C19 it says who has closed it").toBe("Closed by Voltaic");
  expect(all.filter(live)).toEqual(["sending", "synced", "delayed"]);
});

test("the composer names the partners that a message goes to, as their terms have it", () => {
  const links = [link("Voltaic", "synced"), link("Acme", "delayed", { private_comments: false }), link("Kestrel", "ended"), link("Velo", "synced", { only_marked: true })];
  expect(crosses(links, "reply")).toEqual(["Voltaic", "Acme"]);
  expect(crosses(links, "note")).toEqual(["Voltaic"]);
  expect(crosses(links, "local_note")).toEqual([]);
  expect(wantMark(links, "reply")).toEqual(["Velo"]);
  expect(wantMark(links, "local_note")).toEqual([]);
});
