// A snippet is kept as HTML. One that is plain paragraphs is written as text; others as what they are, so that nothing of
// their form is lost.

const parse = (html: string) => new DOMParser().parseFromString(html, "text/html").body;

/** textOf gives a snippet as text, or undefined where it has more form than paragraphs and line breaks. */
export function textOf(html: string): string | undefined {
  const body = parse(html);
  if ([...body.querySelectorAll("*")].some((e) => e.tagName !== "P" && e.tagName !== "BR")) return undefined;
  return written(body);
}

/** plainOf gives the words of a snippet, whatever its form. */
export const plainOf = (html: string): string => written(parse(html));

function written(node: Node): string {
  let out = "";
  for (const child of node.childNodes) {
    if (child.nodeType === 3) out += (child.textContent ?? "").replace(/\s+/g, " ");
    else if (child.nodeName === "BR") out += "\n";
    else out += `${written(child)}${/^(P|LI|DIV|BLOCKQUOTE|PRE)$/.test(child.nodeName) ? "\n\n" : ""}`;
  }
  return node.nodeName === "BODY" ? out.trim() : out;
}

/** htmlOf makes paragraphs of text. */
export function htmlOf(text: string): string {
  const escaped = text.trim().replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return escaped
    .split(/\n{2,}/)
    .map((p) => `<p>${p.replace(/\n/g, "<br>")}</p>`)
    .join("");
}
