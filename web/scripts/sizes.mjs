// node scripts/sizes.mjs: the sizes of the build's chunks against their budgets, in KB of gzip (1 KB = 1,000 bytes).
// A chunk's size is what opening it costs beyond what is loaded already: the dialog and the composer open from a ticket,
// a page of the administration from the workspace, where a ticket was open before. It fails where one is over. What
// Chromium really loads until the first row shows is measured by e2e/budget.e2e.ts.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const packed = new Map();
function size(file) {
  if (!packed.has(file)) packed.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length);
  return packed.get(file);
}

/** The files that a chunk needs: its own and those of its static imports. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}
const sum = (keys, pick) => [...keys].flatMap((k) => pick(manifest[k])).reduce((all, file) => all + size(file), 0);
const scripts = (chunk) => [chunk.file].filter((f) => f.endsWith(".js"));
const sheets = (chunk) => chunk.css ?? [];

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const first = closure(entry);
const texts = Object.keys(manifest).filter((key) => /locales\/web\/\w+\/start\.json$/.test(key));
const language = texts.reduce((most, key) => (size(manifest[key].file) > size(manifest[most].file) ? key : most));
first.add(language);
const rows = [
  ["first load with the texts of the first screen, scripts", sum(first, scripts), 140],
  ["first load, style sheets", sum(first, sheets), 15],
];

const ticket = "src/ticket/TicketPane.tsx";
const loaded = new Set([...first, ...closure(ticket)]);
rows.push(["a ticket, beyond the first load", sum([...closure(ticket)].filter((k) => !first.has(k)), scripts), 120]);

const own = [
  [/sharing\/ShareDialog\.tsx$/, 65],
  [/ticket\/(Composer|Editor)\.tsx$/, 120],
  [/(admin|desk|rules|partners)\/\w+\.tsx$/, 60],
];
for (const key of Object.keys(manifest)) {
  const budget = own.find(([pattern]) => pattern.test(key))?.[1];
  if (!budget || !manifest[key].isDynamicEntry) continue;
  const beyond = [...closure(key)].filter((k) => !loaded.has(k));
  rows.push([key, sum(beyond, scripts), budget]);
}

let over = 0;
for (const [name, bytes, budget] of rows.sort((a, b) => b[1] / b[2] - a[1] / a[2])) {
  const kb = bytes / 1000;
  if (kb > budget) over++;
  if (kb > budget || kb > budget / 2) console.log(`${kb > budget ? "OVER" : "ok  "} ${kb.toFixed(1).padStart(7)} of ${String(budget).padStart(3)} KB  ${name}`);
}
console.log(`${rows.length} sizes measured, ${over} over budget`);
process.exit(over ? 1 : 0);
