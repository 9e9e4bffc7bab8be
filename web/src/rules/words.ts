import type { Action, ActionTarget } from "@/actions/model";
import { hoursName, kindName } from "@/actions/names";
import { known, locale, t, tn } from "@/app/i18n";
import { plainOf } from "@/desk/snippetText";
import { levelName } from "@/sharing/model";
import type { Field } from "@/tickets/api";
import { choiceName, fieldName } from "@/tickets/filterWords";

// Actions in words. What somebody chose is marked, so that a screen can draw it in bold.

/** The names behind the ids of conditions and actions. */
export type Names = {
  fields: readonly Field[];
  person: (id: number) => string;
  company: (id: number) => string;
  group: (id: number) => string;
  webhook: (id: number) => string;
  template: (id: number) => string;
  brand: (id: number) => string;
  calendar: (id: number) => string;
};

const open = "\u0002";
const close = "\u0003";

/** strong marks what somebody chose. */
export const strong = (text: string) => open + text.replaceAll(open, "").replaceAll(close, "") + close;

/** parts cuts a text into what is marked and what is not. */
export function parts(text: string): { text: string; strong: boolean }[] {
  return text
    .split(open)
    .flatMap((piece, i) => {
      const at = piece.indexOf(close);
      if (i === 0 || at < 0) return [{ text: piece, strong: false }];
      return [
        { text: piece.slice(0, at), strong: true },
        { text: piece.slice(at + 1), strong: false },
      ];
    })
    .filter((p) => p.text !== "");
}

/** plain gives a text without its marks. */
export const plain = (text: string) => text.replaceAll(open, "").replaceAll(close, "");

/** listed joins words as the reader's language does: "a, b and c". */
export const listed = (words: readonly string[], type: "conjunction" | "disjunction" = "conjunction") => new Intl.ListFormat(locale(), { type }).format(words);

/** targetName names somebody whom an action shares with. */
export function targetName(target: ActionTarget, names: Names): string {
  const id = target.id ?? 0;
  if (target.kind === "group") return names.group(id);
  if ((target.kind === "agent" || target.kind === "requester") && id) return names.person(id);
  if (target.kind === "field_group") return t("rules.target.field_group", { field: ownField(id, names) });
  const key = `rules.target.${target.kind}`;
  return known(key) ? t(key) : target.kind;
}

function ownField(id: number, names: Names): string {
  const field = names.fields.find((f) => f.key === `field:${id}`);
  return field ? fieldName(field) : `#${id}`;
}

/** valueName names what the action "set" sets a field to. */
export function valueName(field: Field | undefined, value: string): string {
  if (!field) return value;
  if (field.type === "boolean") return t(value === "true" ? "app.yes" : "app.no");
  const choice = field.choices.find((c) => String(c.value) === value);
  return choice ? choiceName(field, choice) : value;
}

const excerpt = (html: string) => {
  const words = plainOf(html).replace(/\s+/g, " ");
  return words.length > 60 ? `${words.slice(0, 57).trimEnd()}…` : words;
};

/** actionWords says what an action does, as an order: "share with HR (can edit, for 7 days)". */
export function actionWords(a: Action, names: Names): string {
  const whom = (list: readonly (ActionTarget)[] | undefined) => (list?.length ? listed(list.map((x) => strong(targetName(x, names)))) : "…");
  const words = (list: readonly string[] | undefined) => (list?.length ? listed(list.map(strong)) : "…");
  const text = (html = "") => (html ? strong(excerpt(html)) : "…");
  switch (a.do) {
    case "set": {
      const field = names.fields.find((f) => f.key === a.field);
      const name = field ? fieldName(field) : (a.field ?? "");
      return a.value ? t("rules.do.set", { field: name, value: strong(valueName(field, a.value)) }) : t("rules.do.clear", { field: name });
    }
    case "assign":
      return assignWords(a, names);
    case "add_tags":
      return tn("rules.do.add_tags", a.tags?.length ?? 0, { tags: words(a.tags) });
    case "remove_tags":
      return tn("rules.do.remove_tags", a.tags?.length ?? 0, { tags: words(a.tags) });
    case "reply":
      return t("rules.do.reply", { text: text(a.html) });
    case "note":
      return t("rules.do.note", { text: text(a.html) });
    case "notify":
      return t("rules.do.notify", { who: whom(a.to), subject: a.subject ? strong(a.subject) : "…" });
    case "add_cc":
      return t("rules.do.add_cc", { who: words(a.addresses) });
    case "add_followers":
      return t("rules.do.add_followers", { who: words(a.people?.map(names.person)) });
    case "webhook":
      return t("rules.do.webhook", { name: a.webhook_id ? strong(names.webhook(a.webhook_id)) : "…" });
    case "share":
      if (a.template_id) return t("rules.do.share_template", { name: strong(names.template(a.template_id)) });
      return t("rules.do.share", { who: whom(a.targets), terms: shareTerms(a) });
    case "unshare":
      return t("rules.do.unshare", { who: whom(a.targets) });
    case "set_level":
      return t("rules.do.set_level", { who: whom(a.targets), level: strong(levelName(a.level ?? "view")) });
    case "set_expiry":
      return a.expires_in_hours ? t("rules.do.set_expiry", { who: whom(a.targets), span: strong(hoursName(a.expires_in_hours)) }) : t("rules.do.no_expiry", { who: whom(a.targets) });
    case "make_link":
      return t("rules.do.make_link", { terms: strong(t(a.level === "comment" ? "rules.terms.link_comment" : "rules.terms.link_view")) });
    default: {
      const key = `rules.do.${a.do}`;
      return known(key) ? t(key) : kindName(a.do);
    }
  }
}

/** What is given away, where it is not what the desk does by itself. */
function shareTerms(a: Action): string {
  const terms = [a.level ? levelName(a.level) : "", a.expires_in_hours ? t("rules.terms.for", { span: hoursName(a.expires_in_hours) }) : "", a.see_internal === false ? t("rules.terms.no_internal") : ""];
  const said = terms.filter(Boolean).join(", ");
  return said ? ` (${strong(said)})` : "";
}

function assignWords(a: Action, names: Names): string {
  const group = a.group_id ? strong(names.group(a.group_id)) : t("rules.terms.its_group");
  if (a.how === "round_robin") return t("rules.do.round_robin", { group });
  if (a.how === "least_loaded") return t("rules.do.least_loaded", { group });
  if (a.how === "nobody") return t("rules.do.nobody");
  const who = a.person_id ? strong(names.person(a.person_id)) : "…";
  return a.group_id ? t("rules.do.assign_in", { who, group }) : t("rules.do.assign", { who });
}
