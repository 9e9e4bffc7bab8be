import { parse } from "./parse";

// What Word, Google Docs and mail programs put on the clipboard carries their own styles, comments and fake lists. The
// editor's schema drops what it does not know; here is only what would otherwise come out wrong.

/** cleanPaste turns pasted HTML into the plain elements that a message may have. */
export function cleanPaste(html: string): string {
  const body = parse(html);
  for (const e of body.querySelectorAll("style, script, meta, link, title, xml, o\\:p, [data-style*='mso-hide:all'], [data-style*='display:none']")) e.remove();
  wordLists(body);
  // Google Docs wraps everything in one <b> that is not bold.
  for (const b of body.querySelectorAll("b[id^='docs-internal-guid'], b[data-style*='font-weight:normal'], b[data-style*='font-weight: normal']")) b.replaceWith(...b.childNodes);
  styled(body);
  for (const h of body.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const p = document.createElement("p");
    const strong = document.createElement("strong");
    strong.append(...h.childNodes);
    p.append(strong);
    h.replaceWith(p);
  }
  // Mail programs write a line in a div each; an empty one is an empty line.
  for (const div of body.querySelectorAll("div")) {
    if (div.querySelector("div, p, ul, ol, blockquote, pre, table")) continue;
    const p = document.createElement("p");
    p.append(...div.childNodes);
    div.replaceWith(p);
  }
  for (const e of body.querySelectorAll("*")) {
    for (const { name } of Array.from(e.attributes)) {
      if (name !== "href" && name !== "start") e.removeAttribute(name);
    }
  }
  for (const p of body.querySelectorAll("p")) {
    if (!p.textContent?.trim() && !p.querySelector("img, br")) p.remove();
  }
  return body.innerHTML.replace(/<!--[\s\S]*?-->/g, "").trim();
}

/** Word's lists are paragraphs with a sign in front. */
function wordLists(body: HTMLElement) {
  let list: HTMLElement | undefined;
  for (const p of body.querySelectorAll<HTMLElement>("p[class*='MsoListParagraph'], p[data-style*='mso-list']")) {
    const sign = p.querySelector<HTMLElement>("[data-style*='mso-list:Ignore'], [data-style*='mso-list: Ignore']");
    const mark = (sign?.textContent ?? p.textContent ?? "").trim();
    sign?.remove();
    const li = document.createElement("li");
    li.append(...p.childNodes);
    const first = li.firstChild;
    if (!sign && first?.nodeType === Node.TEXT_NODE) first.textContent = (first.textContent ?? "").replace(/^\s*[·•o§-]\s+/, "");
    const kind = /^\(?[0-9a-z]{1,3}[.)]/i.test(mark) ? "ol" : "ul";
    if (!list || list.nextElementSibling !== p || list.localName !== kind) {
      list = document.createElement(kind);
      p.before(list);
    }
    list.append(li);
    p.remove();
  }
}

/** Bold and italic that are only styles become elements. */
function styled(body: HTMLElement) {
  for (const span of body.querySelectorAll<HTMLElement>("span[data-style], font[data-style]")) {
    const style = span.getAttribute("data-style") ?? "";
    const wrap = (name: string) => {
      const e = document.createElement(name);
      e.append(...span.childNodes);
      span.append(e);
    };
    if (/font-weight:\s*(bold|[6-9]00)/i.test(style)) wrap("strong");
    if (/font-style:\s*italic/i.test(style)) wrap("em");
    if (/text-decoration[^;]*line-through/i.test(style)) wrap("s");
  }
}
