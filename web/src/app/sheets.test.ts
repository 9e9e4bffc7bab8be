import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { loaded, src } from "./sources";

// A page brings the style sheets of the classes it uses: else it looks right only after another page was open. And every
// class of a sheet is used.

const all = readdirSync(src, { recursive: true, encoding: "utf8" }).map((name) => join(src, name));
const code = all.filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts")).map((file) => readFileSync(file, "utf8"));
const words = (text: string) => [...text.matchAll(/["'`]([^"'`\n]*)["'`]/g)].flatMap((m) => (m[1] ?? "").split(/[\s${}.()]+/));

/** class -> the sheets that say something of it */
const sheets = new Map<string, string[]>();
for (const sheet of all.filter((file) => file.endsWith(".css"))) {
  const rules = readFileSync(sheet, "utf8").replaceAll(/\/\*.*?\*\//gs, "");
  for (const [, name = ""] of rules.matchAll(/\.([a-z][\w-]*)(?=[^{}]*\{)/g)) sheets.set(name, [...(sheets.get(name) ?? []), sheet]);
}

const pages = ["routes.tsx", "admin/routes.ts"].flatMap((name) => {
  const routes = join(src, name);
  return [...readFileSync(routes, "utf8").matchAll(/import\("([^"]+)"\)/g)].map((m) => join(dirname(routes), `${m[1]}.tsx`));
});

test("every page brings the sheets of its classes", () => {
  expect(pages.length).toBeGreaterThan(30);
  const first = loaded(join(src, "main.tsx"));
  const lacking = pages.flatMap((page) => {
    const own = loaded(page);
    const used = words([...own].filter(([file]) => file.endsWith(".tsx")).map(([, text]) => text).join("\n"));
    // A class with a hyphen is the sheet's own; a bare word may be any word.
    return used.filter((name) => name.includes("-") && sheets.get(name)?.every((sheet) => !own.has(sheet) && !first.has(sheet))).map((name) => `${page}: ${name}`);
  });
  expect([...new Set(lacking)]).toEqual([]);
});

test("every class of a sheet is used", () => {
  const used = new Set(words(code.join("\n")));
  const given = ["is-editor-empty", "lucide"]; // by the libraries of the editor and of the icons
  expect([...sheets.keys()].filter((name) => !used.has(name) && !given.includes(name))).toEqual([]);
});
