import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { client } from "@/api/client";
import { onLive, saySo } from "@/api/live";
import { queries } from "@/api/queries";
import { useMe } from "@/app/session";
import { presence } from "./api";

const every = 15_000;
/** How long after the last key somebody still counts as writing. */
const writingFor = 20_000;
const goneAfter = 30_000;

export type Here = { id: number; name: string; state: "viewing" | "replying"; away: boolean };

/** usePresence says that one is here, and gives who else is. Somebody not heard of for half a minute fades, then is gone. */
export function usePresence(number: number): { here: Here[]; writing: () => void } {
  const me = useMe().person.id;
  const list = useQuery({ ...presence(number), refetchInterval: every });
  const [left, setLeft] = useState<Record<number, { name: string; at: number }>>({});
  const wrote = useRef(0);
  const told = useRef<"viewing" | "replying" | "">("");

  const say = useCallback(() => {
    if (document.hidden) return;
    const state = Date.now() - wrote.current < writingFor ? "replying" : "viewing";
    told.current = state;
    void saySo(number, state).catch(() => undefined);
  }, [number]);

  useEffect(() => {
    const leave = () => {
      told.current = "";
      void client.DELETE("/tickets/{number}/presence", { params: { path: { number } }, keepalive: true }).catch(() => undefined);
    };
    say();
    const timer = setInterval(say, every);
    const seen = () => (document.hidden ? leave() : say());
    document.addEventListener("visibilitychange", seen);
    addEventListener("pagehide", leave);
    const stop = onLive((line) => {
      if (line.event === "presence" && line.number === number && line.person !== me) void queries.invalidateQueries({ queryKey: ["presence", number] });
    });
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("pagehide", leave);
      stop();
      leave();
    };
  }, [number, me, say]);

  // Who was here a moment ago is drawn faded.
  const items = list.data?.items;
  const before = useRef<{ number: number; people: { id: number; name: string }[] }>({ number, people: [] });
  useEffect(() => {
    if (!items) return undefined;
    const now = items.map((i) => i.person);
    const gone = before.current.number === number ? before.current.people.filter((p) => p.id !== me && !now.some((n) => n.id === p.id)) : [];
    before.current = { number, people: now };
    setLeft((l) => ({
      ...Object.fromEntries(Object.entries(l).filter(([id, v]) => Date.now() - v.at < goneAfter && !now.some((n) => n.id === Number(id)))),
      ...Object.fromEntries(gone.map((p) => [p.id, { name: p.name, at: Date.now() }])),
    }));
    return undefined;
  }, [items, number, me]);

  const writing = useCallback(() => {
    wrote.current = Date.now();
    if (told.current !== "replying") say();
  }, [say]);

  const here = (items ?? []).filter((i) => i.person.id !== me).map((i): Here => ({ id: i.person.id, name: i.person.name, state: i.state as "viewing", away: false }));
  const away = Object.entries(left)
    .filter(([id, v]) => Date.now() - v.at < goneAfter && !here.some((h) => h.id === Number(id)))
    .map(([id, v]): Here => ({ id: Number(id), name: v.name, state: "viewing", away: true }));
  return { here: [...here, ...away], writing };
}
