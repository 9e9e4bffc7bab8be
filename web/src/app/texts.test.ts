import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loaded, src } from "./sources";

// Both languages have the same keys with the same placeholders, nothing empty, and every key is used by the code.

const root = join(import.meta.dirname, "../../../locales/web");
const read = (language: string, file: string) => JSON.parse(readFileSync(join(root, language, file), "utf8")) as Record<string, string>;
const areas = readdirSync(join(root, "en")).filter((f) => f.endsWith(".json"));
const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort().join(" ");

test.each(areas)("the languages agree in %s", (area) => {
  const en = read("en", area);
  const de = read("de", area);
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(en)) {
    expect(text.trim(), key).not.toBe("");
    expect(de[key]?.trim(), key).not.toBe("");
    expect(holes(de[key] ?? ""), key).toBe(holes(text));
  }
});

test("a key stands in one file only", () => {
  const all = areas.flatMap((area) => Object.keys(read("en", area)));
  expect(all.filter((key, i) => all.indexOf(key) !== i)).toEqual([]);
});

function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const name = join(folder, entry.name);
      if (entry.isDirectory()) return sources(name);
      return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? readFileSync(name, "utf8") : "";
    })
    .join("\n");
}

/** Everything between quotes that can be a key. */
const quoted = (code: string) => new Set([...code.matchAll(/"([a-z][\w.]*)"/g)].map((m) => m[1] ?? ""));

test("start.json has the texts of what is there before anything else is fetched, and no others", () => {
  // The names of actions and of the administration's pages are read by the palette and the sheet of keys, which come later.
  const code = [...loaded(join(src, "main.tsx")).values()].join("\n").replaceAll(/label: "[^"]+"/g, "");
  const said = quoted(code);
  const beginnings = [...code.matchAll(/`((?:app|tickets|sharing)\.[a-z_.]*)\$\{/g)].map((m) => m[1] ?? "");
  const first = areas
    .flatMap((area) => Object.keys(read("en", area)))
    .filter((key) => [key, key.replace(/\.(zero|one|two|few|many|other)$/, "")].some((text) => said.has(text)) || beginnings.some((b) => key.startsWith(b)));
  expect(first.toSorted()).toEqual(Object.keys(read("en", "start.json")).toSorted());
});

test("every text is used", () => {
  const code = sources(join(import.meta.dirname, ".."));
  const said = quoted(code);
  // Keys that are put together in the code begin as one of these templates does: `ticket.event.${kind}`.
  const beginnings = [...code.matchAll(/`([a-z_]+\.[a-z_.]*)\$\{/g)].map((m) => m[1] ?? "").filter((b) => b.length > 4);
  const unused = areas
    .flatMap((area) => Object.keys(read("en", area)))
    .filter((key) => {
      const plain = key.replace(/\.(zero|one|two|few|many|other)$/, "");
      const beginning = plain.slice(0, plain.lastIndexOf(".")); // as in word("ticket.priority", priority)
      return ![key, plain, beginning].some((text) => said.has(text)) && !beginnings.some((b) => key.startsWith(b));
    });
  expect(unused).toEqual([]);
});
