import { useEffect, useState } from "react";
import { type Draft, type Rule, changes, draftOf } from "./model";

// What somebody has changed in a rule and not saved, kept for as long as the tab is open: a reload loses nothing.

type Kept = { version: number; draft: Draft };

const place = (of: Draft, id: number) => `deskmesh-rule:${of.kind}:${id}`;

function kept(base: Draft, id: number, version: number): Draft | undefined {
  try {
    const found = JSON.parse(sessionStorage.getItem(place(base, id)) ?? "null") as Kept | null;
    return found?.version === version ? found.draft : undefined;
  } catch {
    return undefined;
  }
}

/** useDraft holds a rule while it is edited. rule is what the server has; undefined for a new one. */
export function useDraft(fresh: Draft, rule: Rule | undefined) {
  const id = rule?.id ?? 0;
  const [base, setBase] = useState(() => (rule ? draftOf(rule) : fresh));
  const [draft, setDraft] = useState(() => kept(base, id, rule?.version ?? 0) ?? base);
  const [version, setVersion] = useState(rule?.version ?? 0);
  /** Rises when the draft becomes another one, so that what keeps a state of its own begins anew. */
  const [round, setRound] = useState(0);
  const changed = Object.keys(changes(base, draft)).length;
  const key = place(base, id);

  useEffect(() => {
    if (changed === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify({ version, draft } satisfies Kept));
  }, [key, changed, version, draft]);

  const take = (next: Rule, keep = false) => {
    const from = draftOf(next);
    setBase(from);
    setVersion(next.version);
    // Being on or off is not edited here, but beside the name.
    if (keep) return setDraft((now) => ({ ...now, enabled: from.enabled }));
    setDraft(from);
    setRound((n) => n + 1);
  };
  // What was done beside the form, such as switching the rule off, is taken in; not what somebody else has changed in what is edited here.
  const [seen, setSeen] = useState(rule);
  if (rule && rule !== seen) {
    setSeen(rule);
    const { enabled: _, ...was } = base;
    const { enabled: __, ...is } = draftOf(rule);
    const same = JSON.stringify(was) === JSON.stringify(is);
    if (changed === 0 && !same) take(rule);
    else if (same) take(rule, true);
  }

  return {
    draft,
    base,
    version,
    round,
    changed,
    set: (change: Partial<Draft>) => setDraft((now) => ({ ...now, ...change })),
    /** Takes what the server has now. With keep, what is not saved stays. */
    take,
    discard() {
      setDraft(base);
      setRound((n) => n + 1);
    },
    /** Forgets what is kept, for a new rule that was saved. */
    forget: () => sessionStorage.removeItem(key),
  };
}

export type DraftOf = ReturnType<typeof useDraft>;
