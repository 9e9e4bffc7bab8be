import type { Schema } from "@/api/client";
import { locale } from "@/app/i18n";

export type Hours = Schema<"CalendarHours">;
export type Day = Hours["day"];

/** The days of the week, as people here begin it. */
export const days: Day[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** The name of a day; 2024 began on a Monday. */
export const dayName = (day: Day, style: "long" | "short" = "long") =>
  new Intl.DateTimeFormat(locale(), { weekday: style, timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, 1 + days.indexOf(day))));

/** A week on one line: days with the same hours stand together, such as "Mon–Fri 09:00–17:00, Sat 10:00–14:00". */
export function inWeek(hours: readonly Hours[]): string {
  const of = (day: Day) => hours.filter((h) => h.day === day).map((h) => `${h.from}–${h.to}`).join(" ");
  const parts: string[] = [];
  for (let i = 0; i < days.length; ) {
    const first = days[i] as Day;
    const text = of(first);
    let last = i;
    while (last + 1 < days.length && of(days[last + 1] as Day) === text) last++;
    if (text) parts.push(`${dayName(first, "short")}${last > i ? `–${dayName(days[last] as Day, "short")}` : ""} ${text}`);
    i = last + 1;
  }
  return parts.join(", ");
}
