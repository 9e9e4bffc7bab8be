import { expect, test } from "vitest";
import type { Setting } from "./api";
import { differences, fits, fromMegabytes, presets, sectioned, toMegabytes } from "./settingWords";

const setting = (key: string, kind: Setting["kind"] = "boolean"): Setting => ({ key, kind, choices: [], min: null, max: null, default: false, help: `Help of ${key}.` });

test("settings stand in their sections, in the server's order, and none is lost", () => {
  const list = ["sharing.enabled", "retention.job_days", "cc_grants_access", "brand.new", "security.session_days"].map((k) => setting(k));
  const found = sectioned(list);
  expect(found.map((s) => s.id)).toEqual(["sharing", "security", "retention", "other"]);
  expect(found[0]?.settings.map((s) => s.key)).toEqual(["sharing.enabled", "cc_grants_access"]);
  expect(found.flatMap((s) => s.settings)).toHaveLength(list.length);
});

test("a preset names what it would change, and nothing else", () => {
  const list = [setting("sharing.enabled"), setting("sharing.recipients_can_reshare"), setting("sharing.searchable")];
  const inboxes = presets.find((p) => p.id === "inboxes")!;
  const now = { "sharing.enabled": true, "sharing.recipients_can_reshare": false, "sharing.searchable": true };
  expect(differences(list, now, inboxes.values)).toEqual([{ setting: list[1], before: false, after: true }]);
  expect(differences(list, { ...now, "sharing.recipients_can_reshare": true }, inboxes.values)).toEqual([]);
});

test("bytes are shown in megabytes and come back whole", () => {
  for (const bytes of [1024 * 1024, 25 << 20, 100 << 20]) expect(fromMegabytes(toMegabytes(bytes))).toBe(bytes);
  expect(fromMegabytes(0.5)).toBe(524_288);
});

test("a setting is found by words in any order", () => {
  expect(fits(setting("sharing.enabled"), "enabled sharing")).toBe(true);
  expect(fits(setting("sharing.enabled"), "nothing")).toBe(false);
});
