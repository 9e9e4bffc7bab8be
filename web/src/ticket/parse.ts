/**
 * parse reads HTML in a document of its own, in which nothing runs or loads. Styles become data-style first: the page's
 * policy refuses them even there, and the browser would complain of each. It is no cleaning: whoever draws the result
 * takes only what is on a list.
 */
export function parse(html: string): HTMLElement {
  const calm = html.replace(/<style\b[\s\S]*?<\/style\s*>/gi, "").replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'])style\s*=/gi, "$1data-style="));
  return new DOMParser().parseFromString(calm, "text/html").body;
}
