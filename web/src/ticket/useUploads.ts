import { useEffect, useRef, useState } from "react";
import { useMe } from "@/app/session";
import { toast } from "@/ui/toast";
import { explain } from "@/ui/states";
import { type Attachment, refusedFile, upload } from "./api";

export type Upload = { key: string; name: string; size: number; part: number; fault: string; file: File; stop: () => void };

/** useUploads sends files one after the other and gives each to onDone. */
export function useUploads(onDone: (file: Attachment) => void) {
  const settings = useMe().settings as Record<string, unknown>;
  const [going, setGoing] = useState<Upload[]>([]);
  const done = useRef(onDone);
  done.current = onDone;
  const alive = useRef(new Set<AbortController>());
  useEffect(() => () => alive.current.forEach((c) => c.abort()), []);

  const set = (key: string, next: Partial<Upload>) => setGoing((list) => list.map((u) => (u.key === key ? { ...u, ...next } : u)));
  const drop = (key: string) => setGoing((list) => list.filter((u) => u.key !== key));

  const send = async (one: Upload, control: AbortController) => {
    alive.current.add(control);
    try {
      const file = await upload(one.file, (part) => set(one.key, { part }), control.signal);
      drop(one.key);
      done.current(file);
    } catch (error) {
      if (error instanceof DOMException) drop(one.key);
      else set(one.key, { fault: explain(error) });
    } finally {
      alive.current.delete(control);
    }
  };

  const begin = (file: File, key: string) => {
    const control = new AbortController();
    const one: Upload = { key, name: file.name || "image.png", size: file.size, part: 0, fault: "", file, stop: () => (control.abort(), drop(key)) };
    setGoing((list) => [...list.filter((u) => u.key !== key), one]);
    void send(one, control);
  };

  const add = (files: File[]) => {
    for (const file of files) {
      const fault = refusedFile(file, settings);
      if (fault) toast({ text: fault, error: true });
      else begin(file, crypto.randomUUID());
    }
  };
  return { going, add, again: (u: Upload) => begin(u.file, u.key) };
}
