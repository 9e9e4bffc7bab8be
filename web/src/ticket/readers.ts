import { locale, t, tn } from "@/app/i18n";
import type { Reader } from "./api";

const most = 3;

/** named lists who reads: up to three by name, the others as a number. Groups stand with their name; their members are in the count. */
export function named(r: Reader): string {
  if (r.count === 0) return t("ticket.readers.nobody");
  const names = r.names.slice(0, most).map((n) => (n.kind === "group" ? n.name : (n.name.split(/\s+/)[0] ?? n.name)));
  const single = r.names.filter((n) => n.kind !== "group").slice(0, most).length;
  const groups = r.names.slice(0, most).length - single;
  // Of a group the number of those who read is not known, so the rest is only counted where there is none.
  const rest = r.count - single;
  if (names.length === 0) return tn("ticket.readers.people", r.count);
  const parts = groups === 0 && rest > 0 ? [...names, tn("ticket.readers.more", rest)] : names;
  return new Intl.ListFormat(locale(), { type: "conjunction" }).format(parts);
}

/** brief is named for a button: one by name, where they are many. */
export function brief(r: Reader): string {
  const first = r.names[0];
  if (!first || first.kind === "group" || r.count <= 2) return named(r);
  return new Intl.ListFormat(locale(), { type: "conjunction" }).format([first.name.split(/\s+/)[0] ?? first.name, tn("ticket.readers.more", r.count - 1)]);
}

/**
 * counted is named with the number of all: behind a group, and in whose reach a ticket is, stand people without a name here. The
 * holders of a public link come last, since nobody can count them.
 */
export function counted(r: Reader): string {
  const whole = named(r);
  const people = r.count > 0 && r.names.some((n) => n.kind === "group") ? t("ticket.readers.counted", { names: whole, people: tn("ticket.readers.people", r.count) }) : whole;
  if (!r.link) return people;
  return r.count === 0 ? t("ticket.readers.link") : t("ticket.readers.and_link", { names: people });
}
