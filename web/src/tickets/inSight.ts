import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** The rows from first up to, not including, end. */
export type Span = { first: number; end: number };

/** How many rows are drawn beyond those in sight, and at how many rows at a time the drawing goes on. */
const ahead = 6;
const step = 4;

/** spanOf gives the rows to draw where all have one height: those in sight and some around them, in steps, so that most scroll events draw nothing. */
export function spanOf(top: number, view: number, height: number): Span {
  const first = Math.floor((top / height - ahead) / step) * step;
  const end = Math.ceil(((top + view) / height + ahead) / step) * step;
  return { first: Math.max(first, 0), end: Math.max(end, 0) };
}

/** placeFor gives where to scroll so that a row is in sight: where it is already, nowhere. */
export function placeFor(index: number, top: number, view: number, height: number): number {
  return Math.max(Math.min(top, index * height), (index + 1) * height - view);
}

// Where each list was scrolled to, for Back.
const places = new Map<string, number>();

/**
 * useInSight says which rows of a long list to draw, and scrolls to where this list was left. All rows have one height, so
 * nothing is measured but box, in which they are scrolled.
 */
export function useInSight(list: string, count: number, height: number) {
  const box = useRef<HTMLDivElement>(null);
  // The window is as high as the list can be: nothing has to be laid out before the first rows are drawn.
  const [place, setPlace] = useState(() => spanOf(places.get(list) ?? 0, innerHeight, height));
  const look = useCallback(() => {
    const at = box.current;
    if (!at) return;
    const now = spanOf(at.scrollTop, at.clientHeight, height);
    setPlace((before) => (before.first === now.first && before.end === now.end ? before : now));
  }, [height]);

  // Reading or setting where the box stands makes the browser lay out the page at once, in the middle of drawing it: what is at
  // its top already is left alone, and the observer below tells how high the box has become.
  const shown = useRef<string>(undefined);
  useLayoutEffect(() => {
    const top = places.get(list) ?? 0;
    if (box.current && (top > 0 || shown.current !== undefined)) box.current.scrollTop = top;
    if (shown.current !== undefined) look();
    shown.current = list;
  }, [list, look]);

  useEffect(() => {
    const at = box.current;
    if (!at) return undefined;
    const scrolled = () => {
      places.set(list, at.scrollTop);
      look();
    };
    const resized = new ResizeObserver(look);
    resized.observe(at);
    at.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      resized.disconnect();
      at.removeEventListener("scroll", scrolled);
    };
  }, [list, look]);

  /** Brings a row into sight. */
  const show = (index: number) => {
    const at = box.current;
    if (at) at.scrollTop = placeFor(index, at.scrollTop, at.clientHeight, height);
  };
  return { box, first: Math.min(place.first, count), end: Math.min(place.end, count), show };
}
