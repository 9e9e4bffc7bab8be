/** What the address says about a list. */
export type ListSearch = {
  /** A view's key: mine, unassigned, all, shared-with-me, ... or v12 for the own view 12. */
  view?: string;
  state?: "open" | "done" | "any";
  /** Words to search for. */
  q?: string;
  /** A filter as the API has it, in JSON. */
  filter?: string;
  sort?: string;
  /** The share dialog is open. */
  share?: 1;
  /** The details of the ticket are open, where there is no room for them beside it. */
  details?: 1;
};

const text = (value: unknown, most: number) => (typeof value === "string" || typeof value === "number" ? String(value).slice(0, most) : undefined);

/** readListSearch takes what it knows from an address and leaves out the rest. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  const out: ListSearch = {};
  const view = text(search["view"], 40);
  if (view) out.view = view;
  if (search["state"] === "open" || search["state"] === "done" || search["state"] === "any") out.state = search["state"];
  const q = text(search["q"], 500);
  if (q) out.q = q;
  const filter = typeof search["filter"] === "object" && search["filter"] ? JSON.stringify(search["filter"]) : text(search["filter"], 20_000);
  if (filter) out.filter = filter;
  const sort = text(search["sort"], 40);
  if (sort) out.sort = sort;
  if (Number(search["share"]) === 1) out.share = 1;
  if (Number(search["details"]) === 1) out.details = 1;
  return out;
}
