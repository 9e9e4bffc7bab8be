import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

// What the tests of texts and of style sheets read of the sources. Nothing of the workspace imports it.

export const src = join(import.meta.dirname, "..");

/** The sources that come with a file, by their paths: what it imports outright, and so on. */
export function loaded(file: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(file)) return seen;
  const code = readFileSync(file, "utf8");
  seen.set(file, code);
  for (const [, from = ""] of code.matchAll(/^(?:import|export)\s+(?!type\s)(?:[^;"]*?from\s+)?"([^"]+)"/gms)) {
    const base = from.startsWith("@/") ? join(src, from.slice(2)) : from.startsWith(".") ? join(dirname(file), from) : "";
    const next = ["", ".ts", ".tsx"].map((ending) => base + ending).find((path) => base && /\.(tsx?|css)$/.test(path) && existsSync(path));
    if (next) loaded(next, seen);
  }
  return seen;
}
