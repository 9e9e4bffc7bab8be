// Finding and marking words in the short texts of the palette.

export type Mark = { start: number; end: number };

/** fold makes texts comparable: case and accents do not count. Its result is as long as the text wherever it can be. */
export const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** rank says how well a text fits what was typed: 0 not at all, 1 all words are in it, 2 it begins with them, 3 it is it. */
export function rank(text: string, query: string): number {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const whole = fold(text);
  const typed = words.join(" ");
  if (whole === typed) return 3;
  if (whole.startsWith(typed)) return 2;
  return words.every((w) => whole.includes(w)) ? 1 : 0;
}

/** marksOf finds the typed words in a text. */
export function marksOf(text: string, query: string): Mark[] {
  const whole = fold(text);
  if (whole.length !== text.length) return [];
  const found: Mark[] = [];
  for (const word of fold(query).split(/\s+/)) {
    if (!word) continue;
    const start = whole.indexOf(word);
    if (start >= 0) found.push({ start, end: start + word.length });
  }
  return found.sort((a, b) => a.start - b.start).filter((m, i, all) => i === 0 || m.start >= (all[i - 1]?.end ?? 0));
}
