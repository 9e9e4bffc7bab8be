import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { useMe } from "@/app/session";
import type { Kind } from "./api";
import { type Part, blank, forget, keep, saveDraft, takeUp } from "./draft";

export type Saved = "no" | "here" | "server";

/** useDraft keeps what is being written: a part for each kind, so that a note never becomes a reply by a slip. */
export function useDraft(number: number, kind: Kind) {
  const person = useMe().person.id;
  const [parts, setParts] = useState<Partial<Record<Kind, Part>>>({});
  const [saved, setSaved] = useState<Saved>("no");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const waiting = useRef<{ kind: Kind; part: Part }>(undefined);
  const part = parts[kind];

  useEffect(() => {
    let left = false;
    if (!part) void takeUp(person, number, kind).then((p) => !left && setParts((all) => ({ [kind]: p, ...all })));
    return () => {
      left = true;
    };
  }, [number, kind, person, part]);

  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    const now = waiting.current;
    if (!now) return;
    waiting.current = undefined;
    try {
      await saveDraft(number, now.kind, now.part);
      setSaved("server");
    } catch (error) {
      // It stays in this browser, and goes with the next change or when the connection is back.
      if (error instanceof ApiError && (error.offline || error.status >= 500)) waiting.current ??= now;
    }
  }, [number]);

  // Leaving the ticket saves; so does the way back online.
  useEffect(() => {
    const again = () => void flush();
    addEventListener("online", again);
    return () => {
      removeEventListener("online", again);
      void flush();
    };
  }, [flush]);

  const change = useCallback(
    (next: Partial<Part>) => {
      setParts((all) => {
        const fresh = { ...(all[kind] ?? blank), ...next, at: Date.now() };
        keep(person, number, kind, fresh);
        waiting.current = { kind, part: fresh };
        return { ...all, [kind]: fresh };
      });
      setSaved("here");
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), 1500);
    },
    [kind, number, person, flush],
  );

  /** What was sent is taken back: it stands before what was written since. */
  const restore = useCallback(
    (of: Kind, back: Part) => {
      setParts((all) => {
        const now = all[of] ?? blank;
        const fresh = { html: back.html + now.html, text: [back.text, now.text].filter(Boolean).join("\n\n"), files: [...back.files, ...now.files], at: Date.now() };
        keep(person, number, of, fresh);
        waiting.current = { kind: of, part: fresh };
        return { ...all, [of]: fresh };
      });
      setSaved("here");
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), 200);
    },
    [number, person, flush],
  );

  /** The message went: nothing of it is kept. */
  const sent = useCallback(() => {
    clearTimeout(timer.current);
    waiting.current = undefined;
    forget(person, number, kind);
    setParts((all) => ({ ...all, [kind]: { ...blank } }));
    setSaved("no");
  }, [kind, number, person]);

  return { part, change, restore, sent, saved };
}
