import { type ReactNode, createElement, memo, useMemo } from "react";
import { t } from "@/app/i18n";
import { parse } from "./parse";

// Messages come from anybody. The server cleans their HTML (internal/mail: an allow-list, no script, no address of elsewhere
// loaded), and means the result for a sandboxed frame as a second lock. This is that second lock without a frame: the HTML is
// parsed in a document of its own, in which nothing runs or loads, and only the elements and attributes below are drawn anew.
// There are no classes, ids or styles among them, so a message can neither look like a part of the page nor reach the page's
// own parts, its colours stay readable in the dark, and the page's policy (no inline style, no foreign picture) is never asked.
// Against a frame for every message speak their cost in a long thread, their height, the keyboard and finding words in a page.

const plain = new Set(
  "p br strong b em i u s strike del ins a ul ol li blockquote pre code q sub sup small mark h1 h2 h3 h4 h5 h6 hr table thead tbody tfoot tr td th caption img dl dt dd abbr cite kbd samp var div".split(" "),
);
/** Elements with nothing of their own to show: their content stays, in a block where they are one. */
const blocks = new Set("address article center dir fieldset figure figcaption footer header main section".split(" "));
const dropped = new Set("script style template noscript iframe object embed form input button select textarea title head meta link base svg math".split(" "));
/** A heading in a message is not one of the page. */
const renamed: Record<string, string> = { b: "strong", i: "em", strike: "s", h1: "p", h2: "p", h3: "p", h4: "p", h5: "p", h6: "p" };
const empty = new Set(["br", "hr", "img"]);

const ownFile = /^\/api\/v1\/attachments\/\d+$/;

/** safeAddress gives where a link of a message may lead, or "". */
export function safeAddress(href: string): string {
  try {
    const url = new URL(href);
    return /^(https?|mailto):$/.test(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

function picture(e: Element, key: number): ReactNode {
  const src = e.getAttribute("src") ?? "";
  const alt = e.getAttribute("alt") ?? "";
  if (ownFile.test(src)) return <img key={key} src={src} alt={alt} loading="lazy" />;
  const elsewhere = safeAddress(e.getAttribute("data-src") ?? "");
  if (!elsewhere) return alt || null;
  return (
    <a key={key} href={elsewhere} target="_blank" rel="noopener noreferrer nofollow">
      {alt || t("ticket.message.remote", { host: new URL(elsewhere).host })}
    </a>
  );
}

function attributes(e: Element, name: string): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const dir = e.getAttribute("dir");
  if (dir && /^(ltr|rtl|auto)$/i.test(dir)) out["dir"] = dir.toLowerCase();
  const lang = e.getAttribute("lang");
  if (lang && /^[A-Za-z0-9-]{1,35}$/.test(lang)) out["lang"] = lang;
  if (name === "a") Object.assign(out, { href: safeAddress(e.getAttribute("href") ?? "") || undefined, target: "_blank", rel: "noopener noreferrer nofollow" });
  if (name === "td" || name === "th") {
    for (const [from, to] of [["colspan", "colSpan"], ["rowspan", "rowSpan"]] as const) {
      const n = Number(e.getAttribute(from));
      if (n > 1 && n < 1000) out[to] = n;
    }
  }
  if (name === "ol" && /^-?\d{1,6}$/.test(e.getAttribute("start") ?? "")) out["start"] = Number(e.getAttribute("start"));
  return out;
}

const headings = /^h[1-6]$/;

function draw(node: Node, key: number, depth: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (node.nodeType !== Node.ELEMENT_NODE || depth > 60) return null;
  const e = node as Element;
  const name = e.localName;
  if (dropped.has(name)) return null;
  if (name === "img") return picture(e, key);
  const inside = empty.has(name) ? undefined : drawAll(e, depth + 1);
  if (headings.test(name)) return <p key={key}><strong>{inside}</strong></p>;
  const shown = renamed[name] ?? (plain.has(name) ? name : blocks.has(name) ? "div" : "span");
  return createElement(shown, { ...attributes(e, shown), key }, inside);
}

/** Between the rows of a table nothing but rows may stand. */
const strict = new Set(["table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl"]);

function drawAll(e: Element, depth: number): ReactNode[] {
  return Array.from(e.childNodes)
    .filter((n) => !strict.has(e.localName) || n.nodeType === Node.ELEMENT_NODE)
    .map((n, i) => draw(n, i, depth));
}

/** Whether a top element is only a quotation of what was written before. */
const quotes = (n: ChildNode) => n.nodeType === Node.ELEMENT_NODE && (n as Element).localName === "blockquote";

/** The text of a message; a quotation at its end is folded. */
export const Markup = memo(function Markup({ html, text }: { html: string; text: string }) {
  const [main, quoted] = useMemo(() => {
    if (!html) return splitText(text);
    const body = parse(html);
    const top = Array.from(body.childNodes);
    let end = top.length;
    while (end > 0 && (quotes(top[end - 1] as ChildNode) || !top[end - 1]?.textContent?.trim())) end--;
    const folded = top.slice(end).some(quotes) && end > 0;
    const until = folded ? end : top.length;
    return [top.slice(0, until).map((n, i) => draw(n, i, 0)), folded ? top.slice(until).map((n, i) => draw(n, i, 0)) : []] as const;
  }, [html, text]);
  return (
    <div className="prose msg-text">
      {main}
      {quoted.length > 0 && (
        <details className="msg-quote">
          <summary>{t("ticket.message.quoted")}</summary>
          {quoted}
        </details>
      )}
    </div>
  );
});

const address = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

/** Addresses in a plain text become links. */
function linked(line: string): ReactNode[] {
  const out: ReactNode[] = [];
  let from = 0;
  for (const found of line.matchAll(address)) {
    out.push(line.slice(from, found.index));
    out.push(
      <a key={found.index} href={safeAddress(found[0])} target="_blank" rel="noopener noreferrer nofollow">
        {found[0]}
      </a>,
    );
    from = found.index + found[0].length;
  }
  out.push(line.slice(from));
  return out;
}

/** splitText draws plain text in paragraphs; lines with ">" at its end are the quotation. */
function splitText(text: string): readonly [ReactNode[], ReactNode[]] {
  const lines = text.trimEnd().split("\n");
  let end = lines.length;
  while (end > 0 && /^(>|\s*$)/.test(lines[end - 1] ?? "")) end--;
  if (end === 0 || !lines.slice(end).some((l) => l.startsWith(">"))) end = lines.length;
  const paragraphs = (part: string[]) =>
    part
      .join("\n")
      .split(/\n{2,}/)
      .filter((p) => p.trim())
      .map((p, i) => (
        <p key={i} className="msg-plain">
          {linked(p.replace(/^\n+|\n+$/g, ""))}
        </p>
      ));
  return [paragraphs(lines.slice(0, end)), paragraphs(lines.slice(end))];
}
