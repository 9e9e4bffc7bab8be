import { call, client } from "@/api/client";
import type { Attachment, Kind } from "./api";

// A draft is kept at once in this browser, and a little later by the server, so that it survives a reload, a lost connection
// and a change of machine. The newer of the two is taken up.

export type Part = { html: string; text: string; files: Attachment[]; at: number };
export const blank: Part = { html: "", text: "", files: [], at: 0 };

const place = (person: number, number: number, kind: Kind) => `deskmesh.draft.${person}.${number}.${kind}`;
const isEmpty = (p: Part) => !p.text.trim() && p.files.length === 0;

/** keep puts a draft in this browser; an empty one is forgotten. */
export function keep(person: number, number: number, kind: Kind, part: Part) {
  try {
    if (isEmpty(part)) localStorage.removeItem(place(person, number, kind));
    else localStorage.setItem(place(person, number, kind), JSON.stringify(part));
  } catch {
    // Without room in the browser the server's copy has to do.
  }
}

export function kept(person: number, number: number, kind: Kind): Part {
  try {
    return { ...blank, ...(JSON.parse(localStorage.getItem(place(person, number, kind)) ?? "{}") as Partial<Part>) };
  } catch {
    return blank;
  }
}

export const forget = (person: number, number: number, kind: Kind) => keep(person, number, kind, blank);

/** saveDraft gives a draft to the server. */
export const saveDraft = (number: number, kind: Kind, part: Part) =>
  call(client.PUT("/tickets/{number}/draft", { params: { path: { number } }, body: { kind, html: part.html, text: part.html ? "" : part.text, attachments: part.files.map((f) => f.id) } }));

/** takeUp gives the newer draft of a kind, of this browser's and the server's. */
export async function takeUp(person: number, number: number, kind: Kind): Promise<Part> {
  const here = kept(person, number, kind);
  try {
    const there = await call(client.GET("/tickets/{number}/draft", { params: { path: { number }, query: { kind } } }));
    if (there && Date.parse(there.updated_at) > here.at) return { html: there.html, text: there.text, files: there.files, at: Date.parse(there.updated_at) };
  } catch {
    // Offline, or no longer visible: what is here is shown.
  }
  return here;
}
