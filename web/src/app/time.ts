import { locale } from "./i18n";
import { remembered } from "./preferences";

// A format is costly to make and cheap to use, and a list writes dozens of times at every step of a scroll: each is made once
// for a language and a time zone.
const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>();
function kept<Format extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(key: string, make: () => Format): Format {
  const known = made.get(key) as Format | undefined;
  if (known) return known;
  const format = make();
  made.set(key, format);
  return format;
}

/** dates gives a format in the time zone that somebody chose; without one it is the device's. name tells its options apart. */
function dates(name: string, options: Intl.DateTimeFormatOptions, language = locale()): Intl.DateTimeFormat {
  const zone = remembered().time_zone;
  return kept(`${name} ${language} ${zone}`, () => new Intl.DateTimeFormat(language, { ...options, ...(zone ? { timeZone: zone } : {}) }));
}
const relative = (style: Intl.RelativeTimeFormatStyle) => kept(`${style} ${locale()}`, () => new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style }));
const units = (unit: string, digits = 0) =>
  kept(`${unit} ${digits} ${locale()}`, () => new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits }));

const hours = (at: Date) => dates("hours", { hour: "2-digit", minute: "2-digit" }).format(at);

/** dayOf is the day of a moment, the same text for all its moments. */
export const dayOf = (at: string | Date) => dates("day", {}, "sv").format(new Date(at));

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** ago puts the distance to now in words, such as "5 min. ago" or "in 2 days". */
export function ago(at: string | Date, style: "long" | "short" | "narrow" = "short", now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const format = relative(style);
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "second");
}

/** since is the time of a ticket in a list, as how long ago it was: "now", "12 min", "5 hr", "Yesterday", then the day. */
export function since(at: string | Date, now = Date.now()): string {
  const minutes = Math.max(0, Math.trunc((now - new Date(at).getTime()) / 60_000));
  const apart = (Date.parse(dayOf(new Date(now))) - Date.parse(dayOf(at))) / 86_400_000;
  if (minutes < 1) return relative("short").format(0, "second");
  if (minutes < 60) return units("minute").format(minutes);
  if (apart < 1 || minutes < 6 * 60) return units("hour").format(Math.trunc(minutes / 60));
  return apart < 2 ? day(at, new Date(now)) : brief(at, new Date(now));
}

/** stamp is the time of a line in a conversation: the hour today, with the day before it earlier. */
export function stamp(at: string | Date, now = Date.now()): string {
  const apart = (Date.parse(dayOf(new Date(now))) - Date.parse(dayOf(at))) / 86_400_000;
  const hour = hours(new Date(at));
  if (apart < 1) return hour;
  return apart < 7 ? `${dates("weekday", { weekday: "short" }).format(new Date(at))} ${hour}` : `${brief(at, new Date(now))}, ${hour}`;
}

/** brief is a time in a table: hours and minutes today, else the day. */
export function brief(at: string | Date, now = new Date()): string {
  const date = new Date(at);
  const own = dayOf(date);
  const today = dayOf(now);
  if (own === today) return hours(date);
  const short = { day: "numeric", month: "short" } as const;
  return (own.slice(0, 4) === today.slice(0, 4) ? dates("brief", short) : dates("brief year", { ...short, year: "numeric" })).format(date);
}

/** day is a day in full, "Today" and "Yesterday" among them. */
export function day(at: string | Date, now = new Date()): string {
  const apart = Math.round((Date.parse(dayOf(now)) - Date.parse(dayOf(at))) / 86_400_000);
  if (apart < 2) {
    const word = relative("long").format(-apart, "day");
    return word.charAt(0).toLocaleUpperCase(locale()) + word.slice(1);
  }
  return dates("long", { weekday: "long", day: "numeric", month: "long" }).format(new Date(at));
}

/** exact is a moment in full, for titles and details. */
export function exact(at: string | Date): string {
  return dates("exact", { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}

/** size puts bytes in words. */
export function size(bytes: number): string {
  const names = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  let n = bytes;
  let i = 0;
  while (n >= 1000 && i < names.length - 1) {
    n /= 1000;
    i++;
  }
  return units(names[i] ?? "byte", n < 10 && i > 0 ? 1 : 0).format(n);
}
