import { Mark, markPasteRule } from "@tiptap/core";

// TipTap's own link extension brings a finder of addresses with every top-level domain, 12 KB that a message does not need:
// what is pasted keeps its links, and a web address that is pasted becomes one.

const address = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;
const safe = (href: unknown) => (typeof href === "string" && /^(https?:|mailto:)/i.test(href) ? href : null);

export const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => ({ href: { default: null, parseHTML: (e: HTMLElement) => safe(e.getAttribute("href")) } }),
  parseHTML: () => [{ tag: "a[href]", getAttrs: (e) => (safe(e.getAttribute("href")) ? null : false) }],
  renderHTML: ({ mark }) => ["a", { href: safe(mark.attrs["href"]) }, 0],
  addPasteRules() {
    return [markPasteRule({ find: address, type: this.type, getAttributes: (match) => ({ href: match[0] }) })];
  },
});
