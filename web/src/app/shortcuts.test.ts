import { beforeEach, expect, test, vi } from "vitest";
import { elsewhere, keyLines } from "./keys";
import { type Action, clash, listenForKeys, pressed } from "./shortcuts";

const action = (id: string, keys: string, more: Partial<Action> = {}): Action => ({ id, label: "app.search", keys, group: "any", run: () => undefined, ...more });
const key = (k: string, mods: Partial<KeyboardEvent> = {}) => ({ key: k, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...mods });

const table = vi.hoisted(() => ({ list: [] as unknown[], on: true }));
vi.mock("./preferences", () => ({ remembered: () => ({ shortcuts: table.on }) }));
vi.mock("react", () => ({
  useRef: (v: unknown) => ({ current: v }),
  useEffect: (f: () => () => void) => table.list.push(f()),
}));

/** A document with one listener, as far as the keys need it. */
function page(dialog = false) {
  let heard: (e: unknown) => void = () => undefined;
  const target = {
    addEventListener: (_: string, f: (e: unknown) => void) => (heard = f),
    removeEventListener: () => (heard = () => undefined),
    querySelector: () => (dialog ? {} : null),
  } as unknown as Document;
  return { target, press: (k: string, more: object = {}) => heard({ ...key(k), target: null, preventDefault: () => undefined, defaultPrevented: false, isComposing: false, ...more }) };
}

class Element {
  isContentEditable = false;
  constructor(readonly tagName: string) {}
}
class Input extends Element {
  type = "text";
}

beforeEach(() => {
  table.on = true;
  vi.stubGlobal("HTMLElement", Element);
  vi.stubGlobal("HTMLInputElement", Input);
});

async function offer(list: Action[]) {
  const { useActions } = await import("./shortcuts");
  useActions(list);
  return () => (table.list.pop() as () => void)();
}

test("no two keys of the sheet clash", () => {
  expect(clash(elsewhere.map((e, i) => action(String(i), e.keys)))).toBe("");
  expect(clash([action("a", "s"), action("b", "s")])).toBe("b and a share s");
});

test("what the page offers takes the place of the same key elsewhere", () => {
  const lines = keyLines([action("here", "r", { label: "app.close", group: "ticket" })]);
  expect(lines.filter((l) => l.keys === "r")).toEqual([{ keys: "r", label: "app.close", group: "ticket" }]);
});

test("a key press is written as in the table", () => {
  expect(pressed(key("?", { shiftKey: true }))).toBe("?");
  expect(pressed(key("E", { shiftKey: true }))).toBe("shift+e");
  expect(pressed(key("k", { metaKey: true }))).toBe("mod+k");
  expect(pressed(key("Enter", { ctrlKey: true, shiftKey: true }))).toBe("mod+shift+enter");
  expect(pressed(key(" "))).toBe("space");
});

test("two keys after each other make one action", async () => {
  const run = vi.fn();
  const over = await offer([action("inbox", "g i", { run })]);
  const { target, press } = page();
  const stop = listenForKeys(target);
  press("i");
  expect(run).not.toHaveBeenCalled();
  press("g");
  press("i");
  expect(run).toHaveBeenCalledOnce();
  stop();
  over();
});

test("a key does nothing while somebody types or a dialog is open, but for those that say so", async () => {
  const single = vi.fn();
  const anywhere = vi.fn();
  const over = await offer([action("share", "s", { run: single }), action("palette", "mod+k", { run: anywhere, whileTyping: true })]);
  const typing = page();
  const stop = listenForKeys(typing.target);
  typing.press("s", { target: new Input("INPUT") });
  typing.press("s", { target: new Element("TEXTAREA") });
  typing.press("k", { ctrlKey: true, target: new Input("INPUT") });
  stop();
  const asked = page(true);
  const stopAsked = listenForKeys(asked.target);
  asked.press("s");
  stopAsked();
  over();
  expect(single).not.toHaveBeenCalled();
  expect(anywhere).toHaveBeenCalledOnce();
});

test("single keys can be switched off; keys with Ctrl go on working", async () => {
  const single = vi.fn();
  const mod = vi.fn();
  const over = await offer([action("share", "s", { run: single }), action("palette", "mod+k", { run: mod })]);
  table.on = false;
  const { target, press } = page();
  const stop = listenForKeys(target);
  press("s");
  press("k", { metaKey: true });
  stop();
  over();
  expect(single).not.toHaveBeenCalled();
  expect(mod).toHaveBeenCalledOnce();
});
