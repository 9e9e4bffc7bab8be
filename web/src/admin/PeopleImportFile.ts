// A file with people, as far as the browser looks into it. What its lines mean is the server's to say.

/** The largest file that the server takes. */
export const maxBytes = 5 * 1024 * 1024;

export type ChosenFile = {
  name: string;
  size: number;
  /** The bytes in base64, as the API takes them: the server finds out their character set. */
  data: string;
  /** The names of the columns, for a file of which the server could not say what they hold. */
  headers: string[];
};

/** readFile reads a file that somebody chose. It fails where the browser cannot read it (any more). */
export async function readFile(file: File): Promise<ChosenFile> {
  const [data, start] = await Promise.all([base64(file), file.slice(0, 64 * 1024).arrayBuffer()]);
  return { name: file.name, size: file.size, data, headers: headersOf(decode(new Uint8Array(start))) };
}

function base64(file: File): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(String(reader.result).replace(/^[^,]*,/, "")));
    reader.addEventListener("error", () => fail(reader.error ?? new Error("not read")));
    reader.readAsDataURL(file);
  });
}

/** decode makes text of the beginning of a file: UTF-16 or UTF-8, else Windows-1252, as the server does. */
export function decode(bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  if ((bytes[0] === 0xfe && bytes[1] === 0xff) || nul === 0) return new TextDecoder("utf-16be").decode(bytes);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || nul > 0) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** headersOf gives the cells of the first line, between commas, semicolons or tabs: what it has most of. */
export function headersOf(text: string): string[] {
  const told = /^sep=([,;\t])\r?\n/i.exec(text); // as some spreadsheets write it
  const body = told ? text.slice(told[0].length) : text;
  const line: string[] = [];
  const first = body.slice(0, endOfLine(body));
  const count = (sign: string) => outside(first).split(sign).length;
  const separator = told?.[1] ?? [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
  let cell = "";
  let quoted = false;
  for (const sign of first) {
    if (sign === '"') quoted = !quoted;
    if (sign === separator && !quoted) {
      line.push(cell);
      cell = "";
    } else cell += sign;
  }
  line.push(cell);
  return line.map((c) => c.trim().replace(/^"([\s\S]*)"$/, "$1").replaceAll('""', '"').trim());
}

/** endOfLine is where the first line ends; a line break within quotes does not end it. */
function endOfLine(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    if (text[i] === "\n" && !quoted) return i;
  }
  return text.length;
}

const outside = (line: string) => line.replace(/"[^"]*"/g, "");

/** exampleFile is a file to begin with, as an address for a link. */
export function exampleFile(kind: "agent" | "requester"): string {
  const text =
    kind === "agent"
      ? "Name;E-Mail;Language\nAda Lindqvist;ada.lindqvist@example.com;en\nBo Chen;bo.chen@example.com;de\n"
      : "Name;E-Mail;Language;Department;Company\nAda Lindqvist;ada.lindqvist@example.com;en;;\nBo Chen;bo.chen@example.com;de;;\n";
  return `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`;
}
