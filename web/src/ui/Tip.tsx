import { type ReactElement, type ReactNode, cloneElement, useId, useRef, useState } from "react";
import { createPortal } from "react-dom";

/** The caps of a shortcut such as "mod+k" or "g i". */
export function Keys({ of }: { of: string }) {
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  const caps = of.split(/[+ ]/).map((k) => ({ mod: mac ? "⌘" : "Ctrl", shift: "⇧", enter: "↵", escape: "Esc" })[k] ?? k.toUpperCase());
  return (
    <>
      {caps.map((cap) => (
        <kbd key={cap} className="key" aria-hidden="true">
          {cap}
        </kbd>
      ))}
    </>
  );
}

type Place = { left: number; top: number; above: boolean };

/**
 * A tooltip on hover and focus, dismissed by Escape (WCAG 1.4.13). It repeats what the control is named, with its key;
 * it is therefore hidden from assistive technology.
 */
export function Tip({ text, keys, children }: { text: ReactNode; keys?: string | undefined; children: ReactElement<Record<string, unknown>> }) {
  const [place, setPlace] = useState<Place>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const id = useId();
  const show = (target: Element, delay: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const box = target.getBoundingClientRect();
      const above = box.bottom + 44 > innerHeight;
      setPlace({ left: Math.min(Math.max(box.left + box.width / 2, 60), innerWidth - 60), top: above ? box.top - 6 : box.bottom + 6, above });
    }, delay);
  };
  const hide = () => {
    clearTimeout(timer.current);
    setPlace(undefined);
  };
  const props = children.props;
  const also = (name: string, act: (e: never) => void) => (e: never) => {
    (props[name] as ((e: never) => void) | undefined)?.(e);
    act(e);
  };
  return (
    <>
      {cloneElement(children, {
        onPointerEnter: also("onPointerEnter", (e: React.PointerEvent) => e.pointerType === "mouse" && show(e.currentTarget, 400)),
        onPointerLeave: also("onPointerLeave", hide),
        onPointerDown: also("onPointerDown", hide),
        onFocus: also("onFocus", (e: React.FocusEvent) => e.currentTarget.matches(":focus-visible") && show(e.currentTarget, 150)),
        onBlur: also("onBlur", hide),
        onKeyDown: also("onKeyDown", hide),
      })}
      {place &&
        createPortal(
          <span className="tip tip-float" id={id} aria-hidden="true" data-above={place.above || undefined} style={{ left: place.left, top: place.top }}>
            {text}
            {keys && <Keys of={keys} />}
          </span>,
          document.body,
        )}
    </>
  );
}
