import { known, t, tn } from "@/app/i18n";
import type { Setting, Values } from "./api";

// Settings in words: sections, names, what the sharing policy means, presets. Pure.

/** The sections in their order, each with the beginnings of its keys. What none of them takes comes last. */
const sections: { id: string; keys: (key: string) => boolean }[] = [
  { id: "sharing", keys: (k) => k.startsWith("sharing.") || k === "cc_grants_access" },
  { id: "portal", keys: (k) => k.startsWith("portal.") || k.startsWith("satisfaction.") },
  { id: "replies", keys: (k) => k.startsWith("replies.") },
  { id: "links", keys: (k) => k.startsWith("links.") },
  { id: "partners", keys: (k) => k.startsWith("partners.") },
  { id: "attachments", keys: (k) => k.startsWith("attachments.") },
  { id: "security", keys: (k) => k.startsWith("security.") },
  { id: "retention", keys: (k) => k.startsWith("retention.") },
  { id: "other", keys: () => true },
];

/** sectioned puts settings into their sections; empty sections are left out. */
export function sectioned(list: readonly Setting[]): { id: string; title: string; settings: Setting[] }[] {
  const left = new Set(list);
  return sections
    .map(({ id, keys }) => {
      const settings = [...left].filter((s) => keys(s.key));
      for (const s of settings) left.delete(s);
      const key = `admin.settings.${id}`;
      return { id, title: known(key) ? t(key) : id, settings };
    })
    .filter((s) => s.settings.length > 0);
}

/** The name of a setting. */
export function settingName(key: string): string {
  const name = `admin.setting.${key}`;
  return known(name) ? t(name) : key;
}

/** What a setting is for; what the server says where there is no text of ours. */
export function settingHelp(setting: Setting): string {
  const key = `admin.setting_help.${setting.key}`;
  return known(key) ? t(key) : setting.help;
}

/** The name of a choice of a setting. */
export function choiceName(choice: string): string {
  const key = `admin.choice.${choice}`;
  return known(key) ? t(key) : choice;
}

/** valueWords puts a value in words, for defaults and for what would change. */
export function valueWords(setting: Setting, value: unknown): string {
  if (setting.kind === "boolean") return value ? t("admin.on") : t("admin.off");
  if (setting.kind === "choice") return choiceName(String(value));
  if (isBytes(setting)) return t("admin.megabytes", { count: toMegabytes(Number(value)) });
  return String(value) || t("app.none");
}

/** fits says whether a setting has one of the words in its name, its help or its key. */
export function fits(setting: Setting, text: string): boolean {
  const all = `${settingName(setting.key)} ${settingHelp(setting)} ${setting.key}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

export const isBytes = (setting: Setting) => setting.key.endsWith("_bytes");
const mebi = 1 << 20;
export const toMegabytes = (bytes: number) => Math.round((bytes / mebi) * 100) / 100;
export const fromMegabytes = (megabytes: number) => Math.round(megabytes * mebi);

/** sharingSentences says what the sharing policy means for the people at the desk. */
export function sharingSentences(v: Values): string[] {
  const number = (key: string) => Number(v[key] ?? 0);
  const on = (key: string) => v[key] === true;
  const level = choiceName(String(v["sharing.default_level"])).toLowerCase();
  if (!on("sharing.enabled")) {
    return [t("admin.policy.off"), v["sharing.on_disable"] === "suspend" ? t("admin.policy.off_suspend") : t("admin.policy.off_keep")];
  }
  const internal = number("sharing.max_internal");
  const external = number("sharing.max_external");
  const said = [internal === 0 ? t("admin.policy.on_free") : tn("admin.policy.on", internal)];
  if (on("sharing.agents_may_share_with_requesters")) said.push(external === 0 ? t("admin.policy.requesters_free") : tn("admin.policy.requesters", external));
  else said.push(t("admin.policy.no_requesters"));
  said.push(t(on("sharing.role_cap") ? "admin.policy.level_capped" : "admin.policy.level", { level }));
  if (on("sharing.protect_status_assignee")) said.push(t("admin.policy.protected"));
  said.push(on("sharing.recipients_can_reshare") ? t("admin.policy.reshare") : t("admin.policy.no_reshare"));
  if (on("sharing.forward_on_shared")) said.push(t("admin.policy.forward"));
  const days = number("sharing.default_expiry_days");
  const most = number("sharing.max_expiry_days");
  said.push(days ? tn("admin.policy.expiry", days) : t("admin.policy.no_expiry"));
  if (most) said.push(tn("admin.policy.max_expiry", most));
  const closed = number("sharing.end_after_closed_days");
  if (closed) said.push(tn("admin.policy.closed", closed));
  if (on("sharing.require_reason")) said.push(t("admin.policy.reason"));
  if (v["cc_grants_access"] === "view") said.push(t("admin.policy.cc_view"));
  if (v["cc_grants_access"] === "comment") said.push(t("admin.policy.cc_comment"));
  return said;
}

/** What every preset begins with: sharing inside the desk as a new account has it, switched on. */
const inside: Values = {
  "sharing.enabled": true,
  "sharing.default_level": "edit",
  "sharing.max_internal": 25,
  "sharing.agents_may_share_with_requesters": false,
  "sharing.recipients_can_reshare": false,
  "sharing.forward_on_shared": false,
  "sharing.role_cap": true,
  "sharing.protect_status_assignee": false,
  cc_grants_access: "none",
};

/** Named bundles of the sharing policy. */
export const presets: { id: "departments" | "inboxes" | "service_desk"; values: Values }[] = [
  { id: "departments", values: inside },
  { id: "inboxes", values: { ...inside, "sharing.recipients_can_reshare": true } },
  { id: "service_desk", values: { ...inside, "sharing.agents_may_share_with_requesters": true, cc_grants_access: "view", "sharing.protect_status_assignee": true } },
];

/** differences gives the settings that values would change, in the order of the list. */
export function differences(list: readonly Setting[], now: Values, values: Values): { setting: Setting; before: unknown; after: unknown }[] {
  return list.filter((s) => s.key in values && values[s.key] !== now[s.key]).map((setting) => ({ setting, before: now[setting.key], after: values[setting.key] }));
}
