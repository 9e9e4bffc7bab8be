import type { Field } from "./api";

// The language of filters as the builder edits it: docs/filters.md. The server has the last word on every condition; what is
// here only saves it from being asked about what cannot be right.

export type Span = { days: number } | { hours: number };
export type Value = string | number | boolean | Span | (string | number)[] | null;
export type Leaf = { field: string; op: string; value?: Value };
export type List = { kind: "all" | "any"; items: Node[] };
export type Node = Leaf | List;

export const mostDeep = 4;
export const mostLeaves = 50;

export const isList = (node: Node): node is List => "items" in node;

/** read takes a filter as the API writes it. undefined where it is none. */
export function read(filter: unknown): Node | undefined {
  if (typeof filter !== "object" || filter === null) return undefined;
  const f = filter as Record<string, unknown>;
  for (const kind of ["all", "any"] as const) {
    const items = f[kind];
    if (!Array.isArray(items)) continue;
    const nodes = items.map(read);
    return nodes.every((n) => n !== undefined) ? { kind, items: nodes } : undefined;
  }
  if (typeof f["field"] === "string" && typeof f["op"] === "string") return { field: f["field"], op: f["op"], ...("value" in f ? { value: f["value"] as Value } : {}) };
  return Object.keys(f).length === 0 ? { kind: "all", items: [] } : undefined;
}

/** readText takes the filter of an address: a list at the top, whatever it is. undefined where it cannot be read. */
export function readText(text: string | undefined): List | undefined {
  if (!text) return { kind: "all", items: [] };
  try {
    const node = read(JSON.parse(text));
    return node && (isList(node) ? node : { kind: "all", items: [node] });
  } catch {
    return undefined;
  }
}

/** write puts a node as the API reads it. */
export function write(node: Node): Record<string, unknown> {
  if (isList(node)) return { [node.kind]: node.items.map(write) };
  return takesNone(node.op) ? { field: node.field, op: node.op } : { field: node.field, op: node.op, value: node.value };
}

/** writeText puts a filter into an address; "" for one that fits everything. */
export const writeText = (list: List) => (leaves(list) === 0 ? "" : JSON.stringify(write(list)));

export function leaves(node: Node): number {
  return isList(node) ? node.items.reduce((sum, n) => sum + leaves(n), 0) : 1;
}

/** A place in a filter: the index at each level. */
export type Path = readonly number[];

/** at gives the node at a place. */
export function at(list: List, path: Path): Node | undefined {
  let node: Node | undefined = list;
  for (const i of path) node = node && isList(node) ? node.items[i] : undefined;
  return node;
}

/** put changes the node at a place; undefined takes it away. */
export function put(list: List, path: Path, change: (node: Node) => Node | undefined): List {
  const [first, ...rest] = path;
  if (first === undefined) {
    const next = change(list);
    return next && isList(next) ? next : { kind: "all", items: [] };
  }
  return {
    ...list,
    items: list.items.flatMap((node, i) => {
      if (i !== first) return [node];
      if (rest.length > 0 && isList(node)) return [put(node, rest, change)];
      return change(node) ?? [];
    }),
  };
}

/** wrote writes a place as the server does in its messages: "all[1].any[0]". */
export function wrote(list: List, path: Path): string {
  let node: Node | undefined = list;
  const parts: string[] = [];
  for (const i of path) {
    if (!node || !isList(node)) break;
    parts.push(`${node.kind}[${i}]`);
    node = node.items[i];
  }
  return parts.join(".");
}

/** blamed takes a refusal of the server apart: the place it names, and what is wrong there. */
export function blamed(message: string): { place: string; text: string } {
  const found = /^At ((?:(?:all|any)\[\d+\]\.?)+)[^:]*: (.*)$/s.exec(message);
  return found ? { place: (found[1] ?? "").replace(/\.$/, ""), text: found[2] ?? message } : { place: "", text: message };
}

export const takesNone = (op: string) => /^(not_)?(empty|changed)$/.test(op);
export const takesSeveral = (op: string) => op === "in" || op === "not_in" || op.startsWith("has_");
export const takesSpan = (op: string) => op === "within_last" || op === "older_than" || op === "within_next";

/** blank gives the value that a fresh condition begins with. */
export function blank(field: Field, op: string): Value {
  if (takesNone(op)) return null;
  if (takesSpan(op)) return { days: 7 };
  if (takesSeveral(op)) return [];
  if (field.type === "boolean") return true;
  if (field.choices.length > 0) return field.choices[0]?.value as Value;
  return field.type === "number" ? 0 : "";
}

/** begin gives a fresh condition about a field. */
export function begin(field: Field): Leaf {
  const op = field.operators[0] ?? "is";
  return { field: field.key, op, value: blank(field, op) };
}

/** turn gives a condition another operator, and keeps its value where the new one takes it. */
export function turn(leaf: Leaf, field: Field, op: string): Leaf {
  const value = leaf.value ?? null;
  const filled = value !== null && value !== "";
  if (takesNone(op) || takesSpan(op) !== takesSpan(leaf.op) || takesNone(leaf.op)) return { ...leaf, op, value: blank(field, op) };
  if (takesSeveral(op)) return { ...leaf, op, value: Array.isArray(value) ? value : filled ? [value as string | number] : [] };
  if (Array.isArray(value)) return { ...leaf, op, value: value[0] ?? blank(field, op) };
  return { ...leaf, op };
}

/** unfilled says whether a condition still waits for its value. */
export function unfilled(node: Node): boolean {
  if (isList(node)) return node.items.some(unfilled);
  if (takesNone(node.op)) return false;
  const v = node.value;
  return v === undefined || v === null || v === "" || (Array.isArray(v) && v.length === 0);
}
