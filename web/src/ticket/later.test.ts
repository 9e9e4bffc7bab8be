import { describe, expect, it } from "vitest";
import { fromInput, presets, toInput } from "./later";

describe("moments in a time zone", () => {
  it("reads back what it wrote, also around summer time", () => {
    for (const zone of ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]) {
      for (const at of ["2026-01-15T07:30:00Z", "2026-07-15T22:10:00Z", "2026-03-29T00:30:00Z", "2026-10-25T02:30:00Z"]) {
        const moment = new Date(at);
        expect(toInput(fromInput(toInput(moment, zone), zone)!, zone)).toBe(toInput(moment, zone));
      }
    }
    expect(fromInput("2026-07-01T08:00", "Europe/Berlin")?.toISOString()).toBe("2026-07-01T06:00:00.000Z");
    expect(fromInput("2026-01-01T08:00", "Europe/Berlin")?.toISOString()).toBe("2026-01-01T07:00:00.000Z");
    expect(fromInput("", "UTC")).toBeUndefined();
  });

  it("offers later today only while there is some of it, and Monday only where it is not tomorrow", () => {
    const keys = (at: string) => presets(new Date(at), "Europe/Berlin").map((p) => p.key);
    expect(keys("2026-03-04T09:00:00Z")).toEqual(["hour", "evening", "tomorrow", "monday"]);
    expect(keys("2026-03-04T20:00:00Z")).toEqual(["hour", "tomorrow", "monday"]);
    expect(keys("2026-03-08T09:00:00Z")).toEqual(["hour", "evening", "tomorrow"]);
    expect(presets(new Date("2026-03-04T09:00:00Z"), "Europe/Berlin").at(-1)?.at.toISOString()).toBe("2026-03-09T07:00:00.000Z");
  });
});
