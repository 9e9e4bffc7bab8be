import { type ReactNode, useEffect, useState } from "react";

/** Draws its children when what stands around them is on the screen already, a frame later: for what the eye does not look for first. */
export function AfterPaint({ children, meanwhile }: { children: ReactNode; meanwhile?: ReactNode }) {
  const [painted, setPainted] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const frame = requestAnimationFrame(() => (timer = setTimeout(() => setPainted(true))));
    return () => (cancelAnimationFrame(frame), clearTimeout(timer));
  }, []);
  return painted ? children : meanwhile;
}
