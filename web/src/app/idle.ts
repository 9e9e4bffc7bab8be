/** whenIdle does something in a quiet moment, within a few seconds. It returns how to call it off. */
export function whenIdle(run: () => void): () => void {
  // Not every browser has it.
  const idle = window.requestIdleCallback as typeof requestIdleCallback | undefined;
  if (!idle) {
    const timer = setTimeout(run, 1500);
    return () => clearTimeout(timer);
  }
  const id = idle(run, { timeout: 5000 });
  return () => cancelIdleCallback(id);
}
