import { locale } from "./i18n";
import { remembered } from "./preferences";

/** zone is the time zone that somebody chose; without one it is the device's. */
const zone = () => (remembered().time_zone ? { timeZone: remembered().time_zone } : {});

/** dayOf is the day of a moment, the same text for all its moments. */
export const dayOf = (at: string | Date) => new Date(at).toLocaleDateString("sv", zone());

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
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style });
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "second");
}

/** since is the time of a ticket in a list, as how long ago it was: "12 min", "5 hr", "Yesterday", then the day. */
export function since(at: string | Date, now = Date.now()): string {
  const minutes = Math.max(0, Math.trunc((now - new Date(at).getTime()) / 60_000));
  const apart = (Date.parse(dayOf(new Date(now))) - Date.parse(dayOf(at))) / 86_400_000;
  if (minutes < 60) return minutes.toLocaleString(locale(), { style: "unit", unit: "minute", unitDisplay: "short" });
  if (apart < 1 || minutes < 6 * 60) return Math.trunc(minutes / 60).toLocaleString(locale(), { style: "unit", unit: "hour", unitDisplay: "short" });
  return apart < 2 ? day(at, new Date(now)) : brief(at, new Date(now));
}

/** stamp is the time of a line in a conversation: the hour today, with the day before it earlier. */
export function stamp(at: string | Date, now = Date.now()): string {
  const apart = (Date.parse(dayOf(new Date(now))) - Date.parse(dayOf(at))) / 86_400_000;
  const hour = new Date(at).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", ...zone() });
  if (apart < 1) return hour;
  return apart < 7 ? `${new Date(at).toLocaleDateString(locale(), { weekday: "short", ...zone() })} ${hour}` : `${brief(at, new Date(now))}, ${hour}`;
}

/** brief is a time in a table: hours and minutes today, else the day. */
export function brief(at: string | Date, now = new Date()): string {
  const date = new Date(at);
  const sameDay = dayOf(date) === dayOf(now);
  if (sameDay) return date.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", ...zone() });
  const sameYear = dayOf(date).slice(0, 4) === dayOf(now).slice(0, 4);
  return date.toLocaleDateString(locale(), { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }), ...zone() });
}

/** day is a day in full, "Today" and "Yesterday" among them. */
export function day(at: string | Date, now = new Date()): string {
  const apart = Math.round((Date.parse(dayOf(now)) - Date.parse(dayOf(at))) / 86_400_000);
  if (apart < 2) {
    const word = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(-apart, "day");
    return word.charAt(0).toLocaleUpperCase(locale()) + word.slice(1);
  }
  return new Date(at).toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long", ...zone() });
}

/** exact is a moment in full, for titles and details. */
export function exact(at: string | Date): string {
  return new Date(at).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short", ...zone() });
}

/** size puts bytes in words. */
export function size(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  let n = bytes;
  let i = 0;
  while (n >= 1000 && i < units.length - 1) {
    n /= 1000;
    i++;
  }
  return n.toLocaleString(locale(), { style: "unit", unit: units[i] ?? "byte", unitDisplay: "short", maximumFractionDigits: n < 10 && i > 0 ? 1 : 0 });
}
