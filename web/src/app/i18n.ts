import type startTexts from "@texts/en/start.json";
import type appTexts from "@texts/en/app.json";
import type ticketsTexts from "@texts/en/tickets.json";
import type ticketTexts from "@texts/en/ticket.json";
import type sharingTexts from "@texts/en/sharing.json";
import type adminTexts from "@texts/en/admin.json";
import type deskTexts from "@texts/en/desk.json";
import type rulesTexts from "@texts/en/rules.json";
import type actionsTexts from "@texts/en/actions.json";
import type partnersTexts from "@texts/en/partners.json";

// The texts of the screens: one file for an area and a language in locales/web, flat keys, placeholders in braces.
// A text that depends on a number has a form for each category of Intl.PluralRules: "key.one", "key.other".

/** Every key of the catalogue, so that a missing one fails the type check. */
export type Key =
  | keyof typeof startTexts
  | keyof typeof appTexts
  | keyof typeof ticketsTexts
  | keyof typeof ticketTexts
  | keyof typeof sharingTexts
  | keyof typeof adminTexts
  | keyof typeof deskTexts
  | keyof typeof rulesTexts
  | keyof typeof actionsTexts
  | keyof typeof partnersTexts;

type CountedKey = Key extends infer K ? (K extends `${infer Base}.other` ? Base : never) : never;
export type Args = Record<string, string | number>;

const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** The areas of what every agent opens soon: the screens around the list, the list's own dialogs, sharing. */
const usual = ["app", "tickets", "sharing"] as const;
/** ticket: one ticket and the composer; admin: people, settings and sharing; desk: structure of the desk and machinery (brands, fields, webhooks, jobs ...); actions: what rules and macros do; rules: rules; partners: sharing between desks. */
export type LateArea = "ticket" | "admin" | "desk" | "actions" | "rules" | "partners";
/** start: what stands on the screen before anything else was fetched, so the navigation and a list. */
type Area = "start" | (typeof usual)[number] | LateArea;

const files = import.meta.glob<Record<string, string>>("../../../locales/web/*/*.json", { import: "default" });

let texts: Record<string, string> = {};
let language: Language = "en";
let plurals = new Intl.PluralRules("en");
const loaded = new Set<Area>();

/** pick gives the language of the screens for a wish such as "de-AT", else the browser's, else English. */
export function pick(wish: string | undefined): Language {
  for (const tag of [wish, ...navigator.languages]) {
    const found = languages.find((l) => tag?.toLowerCase().split("-")[0] === l);
    if (found) return found;
  }
  return "en";
}

async function load(area: Area) {
  if (loaded.has(area)) return;
  const asked = language;
  const file = files[`../../../locales/web/${asked}/${area}.json`];
  if (!file) throw new Error(`no texts of ${area} in ${asked}`);
  const more = await file();
  if (asked !== language) return;
  texts = { ...texts, ...more };
  loaded.add(area);
}

/** speak loads the first texts of a language, before anything is drawn. */
export async function speak(wish: string | undefined) {
  const next = pick(wish);
  if (next !== language) {
    loaded.clear();
    texts = {};
  }
  language = next;
  plurals = new Intl.PluralRules(language);
  document.documentElement.lang = language;
  await load("start");
}

/** loadTexts brings the texts beyond the first ones: those of every screen, and of areas that only some people open. What is fetched later waits for it before it is drawn. */
export const loadTexts = (...areas: LateArea[]) => Promise.all([...usual, ...areas].map(load));

let spoken: { language: Language; locale: string; numbers: Intl.NumberFormat } | undefined;

function speech() {
  if (spoken?.language !== language) {
    const found = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
    spoken = { language, locale: found, numbers: new Intl.NumberFormat(found) };
  }
  return spoken;
}

/** locale is what Intl formats numbers and dates with. */
export const locale = () => speech().locale;

/** number writes a number as its reader does: 1,234. */
export const number = (n: number) => speech().numbers.format(n);

function fill(text: string, args?: Args): string {
  return args ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole)) : text;
}

/** t gives a text with its placeholders filled in. */
export function t(key: Key, args?: Args): string {
  return fill(texts[key] ?? key, args);
}

/** tn is t for a text that depends on a number; {count} is the number, in the reader's way of writing it. */
export function tn(key: CountedKey, count: number, args?: Args): string {
  const form = texts[`${key}.${plurals.select(count)}`] ?? texts[`${key}.other`] ?? key;
  return fill(form, { count: number(count), ...args });
}

/** known says whether there is a text, for keys that are made of the server's words, such as `event.${kind}`. */
export const known = (key: string): key is Key => key in texts;
