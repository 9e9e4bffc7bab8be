/** A text with the places that a search found. Places are counted in UTF-16 units, as strings are here. */
export function Marked({ text, marks }: { text: string; marks?: readonly { start: number; end: number }[] | null | undefined }) {
  if (!marks?.length) return text;
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (const { start, end } of marks) {
    if (start < at || end > text.length) continue;
    parts.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>);
    at = end;
  }
  return [...parts, text.slice(at)];
}
