import type { QueryClient } from "@tanstack/react-query";
import { client } from "./client";

// The live stream says that something changed, never what: see docs/live.md. One tab of the browser holds it and passes
// the lines on to the others, so that a person with ten tabs has one stream.

export type LiveEvent =
  | { event: "ticket"; number: number; kind: string; version: number }
  | { event: "access"; number?: number }
  | { event: "counts" }
  | { event: "notification" }
  | { event: "presence"; number: number; person: number; state: "viewing" | "replying" | "gone" }
  | { event: "bulk"; id: number }
  | { event: "reset"; reason: string }
  | { event: "end"; reason: string }
  | { event: "connection"; open: boolean };

type Listener = (line: LiveEvent) => void;

const names = ["ticket", "access", "counts", "notification", "presence", "bulk", "reset", "end"] as const;
const listeners = new Set<Listener>();
const lockName = "deskmesh-live";

/** onLive calls back for every line of the stream, until the returned function is called. */
export function onLive(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(line: LiveEvent) {
  for (const listener of listeners) listener(line);
}

/** open holds the stream until it ends for good, and passes its lines on. */
function open(pass: Listener): Promise<void> {
  return new Promise((done) => {
    const source = new EventSource("/api/v1/live");
    source.addEventListener("open", () => pass({ event: "connection", open: true }));
    source.addEventListener("error", () => {
      pass({ event: "connection", open: false });
      if (source.readyState === EventSource.CLOSED) done();
    });
    for (const name of names) {
      source.addEventListener(name, (e) => pass({ event: name, ...(JSON.parse((e as MessageEvent<string>).data) as object) } as LiveEvent));
    }
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", (e) => {
      if (e.persisted) location.reload();
    });
  });
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** hold opens the stream, again and again: after a refusal with growing pauses. */
async function hold(pass: Listener): Promise<never> {
  for (let pause = 2000; ; pause = Math.min(pause * 2, 60_000)) {
    const began = Date.now();
    // oxlint-disable-next-line no-await-in-loop -- one stream after the other
    await open(pass);
    if (Date.now() - began > 60_000) pause = 2000;
    // oxlint-disable-next-line no-await-in-loop
    await wait(pause + Math.random() * 1000);
  }
}

/** startLive begins to listen. Call it once. */
export function startLive() {
  if (!navigator.locks || !window.BroadcastChannel) {
    void hold(tell);
    return;
  }
  const channel = new BroadcastChannel(lockName);
  channel.addEventListener("message", (e) => tell(e.data as LiveEvent));
  void navigator.locks.request(lockName, () =>
    hold((line) => {
      channel.postMessage(line);
      tell(line);
    }),
  );
}

/**
 * refreshOnLive marks what was fetched as out of date when the stream says so. Query keys begin with what they hold:
 * ["ticket", number, ...], ["tickets", ...] (lists and counts), ["views"], ["notifications"], ["me"], ["presence", number].
 */
export function refreshOnLive(queries: QueryClient) {
  let counts: ReturnType<typeof setTimeout> | undefined;
  return onLive((line) => {
    switch (line.event) {
      case "ticket":
        void queries.invalidateQueries({ queryKey: ["ticket", line.number] });
        break;
      case "access":
        void queries.invalidateQueries(line.number === undefined ? {} : { queryKey: ["ticket", line.number] });
        break;
      case "counts":
        // A storm of changes costs one fetch in two seconds.
        counts ??= setTimeout(() => {
          counts = undefined;
          void queries.invalidateQueries({ queryKey: ["tickets"] });
          void queries.invalidateQueries({ queryKey: ["views"] });
          void queries.invalidateQueries({ queryKey: ["requests"] });
        }, 2000);
        break;
      case "notification":
        void queries.invalidateQueries({ queryKey: ["notifications"] });
        break;
      case "bulk":
        void queries.invalidateQueries({ queryKey: ["bulk", line.id] });
        break;
      case "reset":
        if (line.reason === "gap") setTimeout(() => void queries.invalidateQueries(), Math.random() * 2000);
        else if (line.reason !== "opened" || Date.now() - started > 10_000) void queries.invalidateQueries();
        break;
      case "end":
        if (line.reason === "signed_out") location.assign("/sign-in");
        break;
      default:
    }
  });
}

const started = Date.now();

/** saySo tells the others that this person looks at a ticket or answers it. */
export function saySo(number: number, state: "viewing" | "replying") {
  return client.PUT("/tickets/{number}/presence", { params: { path: { number } }, body: { state } });
}
