export type Unit = "minute" | "hour" | "day";

const lengths: Record<Unit, number> = { minute: 1, hour: 60, day: 1440 };
export const units: Unit[] = ["minute", "hour", "day"];

export const inMinutes = (n: number, unit: Unit) => Math.trunc(n) * lengths[unit];

/** Minutes in the largest unit that fits without a rest; nothing is told in hours. */
export function fromMinutes(minutes: number): { n: number; unit: Unit } {
  if (minutes === 0) return { n: 0, unit: "hour" };
  const unit = units.findLast((u) => minutes % lengths[u] === 0) ?? "minute";
  return { n: minutes / lengths[unit], unit };
}
