import { useCallback, useEffect, useRef } from "react";
import { ApiError, call, client } from "@/api/client";
import { queries } from "@/api/queries";
import type { Option } from "./Choose";
import { type Attachment, groups } from "./api";

// What is filled in for a ticket that is not filed yet: at once in this browser, a little later on the server, and the newer of the
// two is taken up, so that it survives a reload, a lost connection and a change of machine.

export type Form = {
  requester: Option | null; address: string; name: string; inbox: number; subject: string; html: string; text: string; kind: "reply" | "note";
  priority: "low" | "normal" | "high" | "urgent"; group: Option | null; assignee: Option | null; tags: string[]; files: Attachment[]; shareWith: Option[];
};
export const plain: Form = { requester: null, address: "", name: "", inbox: 0, subject: "", html: "", text: "", kind: "reply", priority: "normal", group: null, assignee: null, tags: [], files: [], shareWith: [] };

type Kept = Partial<Form> & { at?: number };

const place = (person: number) => `deskmesh.draft.${person}.new`;

function here(person: number): Kept {
  try {
    return JSON.parse(localStorage.getItem(place(person)) ?? "{}") as Kept;
  } catch {
    return {};
  }
}

function keep(person: number, form: Form, at: number) {
  try {
    localStorage.setItem(place(person), JSON.stringify({ ...form, at }));
  } catch {
    // Without room in the browser the server's copy has to do.
  }
}

/** takeUpNew gives the newer one, of this browser's and the server's. With whom to share stands in this browser alone. */
export async function takeUpNew(person: number): Promise<Form> {
  const kept = here(person);
  const own = { ...plain, ...kept };
  try {
    const there = await call(client.GET("/drafts/new"));
    // The server's clock is not this one's: what this browser gave it comes back a little younger, and is the same.
    if (!there || Date.parse(there.updated_at) <= (kept.at ?? 0)) return own;
    const [requester, assignee, teams] = await Promise.all([personOf(there.requester_id), personOf(there.assignee_id), there.group_id ? queries.fetchQuery(groups).catch(() => undefined) : undefined]);
    const team = teams?.items.find((g) => g.id === there.group_id);
    return {
      ...own,
      requester, assignee,
      address: there.requester_address ?? "",
      name: there.requester_name ?? "",
      inbox: there.inbox_id ?? 0,
      subject: there.subject ?? "",
      html: there.html || plainToHtml(there.text),
      text: there.text,
      kind: there.kind === "note" ? "note" : "reply",
      priority: there.priority ?? "normal",
      group: team ? { id: team.id, name: team.name, kind: "group" } : null,
      tags: there.tags ?? [],
      files: there.files,
    };
  } catch {
    return own; // offline: what is here is shown
  }
}

async function personOf(id: number | undefined): Promise<Option | null> {
  if (!id) return null;
  const p = await call(client.GET("/people/{id}", { params: { path: { id } } })).catch(() => undefined);
  return p ? { id: p.id, name: p.name || p.address, hint: p.address } : null;
}

const plainToHtml = (text: string) => {
  const p = document.createElement("p");
  return text
    .split(/\n{2,}/)
    .filter(Boolean)
    .map((line) => ((p.textContent = line), p.outerHTML))
    .join("");
};

const saveNew = (f: Form) =>
  call(
    client.PUT("/drafts/new", {
      body: {
        kind: f.kind,
        html: f.html,
        text: f.html ? "" : f.text,
        attachments: f.files.map((x) => x.id),
        subject: f.subject,
        ...(f.inbox ? { inbox_id: f.inbox } : {}),
        ...(f.requester?.id ? { requester_id: f.requester.id } : {}),
        requester_address: f.address,
        requester_name: f.name,
        ...(f.group ? { group_id: f.group.id } : {}),
        ...(f.assignee ? { assignee_id: f.assignee.id } : {}),
        priority: f.priority,
        tags: f.tags,
      },
    }),
  );

/** useNewDraft keeps a form that changes. forget ends that: it was filed, or is not wanted. */
export function useNewDraft(person: number, form: Form) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const waiting = useRef<Form>(undefined);
  const first = useRef(form);
  const over = useRef(false);

  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    const now = waiting.current;
    if (!now || over.current) return;
    waiting.current = undefined;
    try {
      const saved = await saveNew(now);
      // From now on the two copies are of the same age.
      if (saved && !waiting.current && !over.current) keep(person, now, Date.parse(saved.updated_at));
    } catch (error) {
      if (error instanceof ApiError && (error.offline || error.status >= 500)) waiting.current ??= now;
    }
  }, [person]);

  useEffect(() => {
    if (form === first.current || over.current) return;
    keep(person, form, Date.now());
    waiting.current = form;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void flush(), 1500);
  }, [form, person, flush]);

  // Leaving the page saves; so does the way back online.
  useEffect(() => {
    const again = () => void flush();
    addEventListener("online", again);
    return () => {
      removeEventListener("online", again);
      void flush();
    };
  }, [flush]);

  return useCallback(() => {
    over.current = true;
    clearTimeout(timer.current);
    localStorage.removeItem(place(person));
    void call(client.DELETE("/drafts/new")).catch(() => undefined);
  }, [person]);
}
