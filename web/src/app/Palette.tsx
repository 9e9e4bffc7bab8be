import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Search, X } from "lucide-react";
import { Fragment, useEffect, useMemo, useRef, useState } from "react";
import { ApiError, call, client } from "@/api/client";
import { ticket } from "@/api/queries";
import { Avatar } from "@/ui/Avatar";
import { Icon } from "@/ui/Icon";
import { Keys } from "@/ui/Tip";
import { t, tn } from "./i18n";
import type { Mark } from "./match";
import "./own.css";
import { type Entry, type Part, localEntries, partsOf } from "./paletteEntries";
import { forgetTicket, recentTickets } from "./recent";
import { useMe } from "./session";
import { allActions } from "./shortcuts";

/** The palette: tickets, people, views, actions and pages under one line of text. What is in it needs no mouse. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const go = useNavigate();
  const actions = useRef(allActions()).current; // what could be done on the page when the palette opened
  const input = useRef<HTMLInputElement>(null);
  const settled = useSettled(text.trim(), 80);
  const found = useQuery({
    queryKey: ["search", settled],
    queryFn: ({ signal }) => call(client.GET("/search", { params: { query: { q: settled, limit: 6 } }, signal })),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
    staleTime: 5000,
  });
  const recent = useRecent();
  const local = useLocalEntries(actions);
  const parts = useMemo(
    () => partsOf({ typed: text.trim(), found: text.trim() ? found.data : undefined, recent, local }),
    [text, found.data, recent, local],
  );
  const count = parts.reduce((n, p) => n + p.items.length, 0);

  const run = (entry: Entry) => {
    onClose();
    // The focus goes back to the page first: an action may move it on.
    setTimeout(() => (entry.run ? entry.run() : entry.to && void go(entry.to as never)), 30);
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim-back" />
        <Dialog.Viewport className="scrim palette-scrim">
          <Dialog.Popup className="dialog palette" aria-label={t("app.action.palette")} initialFocus={input}>
            <Autocomplete.Root open inline items={parts} mode="none" value={text} onValueChange={setText} autoHighlight="always" keepHighlight itemToStringValue={(e: Entry) => e.label}>
              <div className="palette-head">
                <Icon of={Search} />
                <Autocomplete.Input ref={input} className="palette-input" aria-label={t("app.palette.input")} placeholder={t("app.palette.placeholder")} maxLength={500} />
                <Dialog.Close className="icon-btn" aria-label={t("app.close")}>
                  <Icon of={X} />
                </Dialog.Close>
              </div>
              <Autocomplete.List className="palette-list" tabIndex={-1} aria-label={t("app.palette.results")}>
                {(part: Part) => (
                  <Autocomplete.Group key={part.value} items={part.items} className="palette-part">
                    <Autocomplete.GroupLabel className="group-label palette-label">{part.label}</Autocomplete.GroupLabel>
                    <Autocomplete.Collection>
                      {(entry: Entry) => (
                        <Autocomplete.Item key={entry.id} value={entry} className="palette-item" onClick={() => run(entry)}>
                          {entry.who ? <Avatar name={entry.who.name} kind={entry.who.kind} size="sm" /> : <Icon of={entry.icon} />}
                          {entry.number !== undefined && <span className="meta mono">#{entry.number}</span>}
                          <span className="clip">
                            <Marked text={entry.label} marks={entry.marks} />
                          </span>
                          {entry.hint && <span className="meta clip palette-hint">{entry.hint}</span>}
                          {entry.keys && (
                            <span className="palette-keys">
                              <Keys of={entry.keys} />
                            </span>
                          )}
                        </Autocomplete.Item>
                      )}
                    </Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
              {found.error && text.trim() && (
                <p className="palette-fault meta" role="alert">
                  {t("app.palette.failed")}
                </p>
              )}
              <footer className="palette-foot meta">
                <span>
                  <Keys of="↑" /> <Keys of="↓" /> {t("app.palette.move")}
                </span>
                <span>
                  <Keys of="enter" /> {t("app.palette.open")}
                </span>
                <span>
                  <Keys of="escape" /> {t("app.palette.close")}
                </span>
                <span className="vh" role="status">
                  {text.trim() && settled === text.trim() && !found.isFetching ? tn("app.palette.count", count) : ""}
                </span>
              </footer>
            </Autocomplete.Root>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Marked({ text, marks }: { text: string; marks?: Mark[] | undefined }) {
  if (!marks?.length) return text;
  let at = 0;
  return (
    <>
      {marks.map((m) => {
        const before = text.slice(at, m.start);
        at = m.end;
        return (
          <Fragment key={m.start}>
            {before}
            <mark>{text.slice(m.start, m.end)}</mark>
          </Fragment>
        );
      })}
      {text.slice(at)}
    </>
  );
}

/** useSettled follows a value once it has stood still for ms. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** useRecent gives the tickets that were opened last and that can still be opened. */
function useRecent() {
  const numbers = useRef(recentTickets()).current;
  const answers = useQueries({ queries: numbers.map((n) => ticket(n)) });
  useEffect(() => {
    answers.forEach((a, i) => {
      const number = numbers[i];
      if (number !== undefined && a.error instanceof ApiError && a.error.status === 404) forgetTicket(number);
    });
  });
  const key = answers.map((a) => (a.error ? "x" : a.dataUpdatedAt)).join();
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- answers is a new list at every drawing, key says whether it changed
  return useMemo(() => answers.flatMap((a) => (a.data && !a.error ? [{ number: a.data.number, subject: a.data.subject }] : [])), [key]);
}

/** useLocalEntries gives everything that needs no search: actions, views, pages of the administration, settings. */
function useLocalEntries(actions: ReturnType<typeof allActions>) {
  const me = useMe();
  const views = useQuery({ queryKey: ["views", "list"], queryFn: () => call(client.GET("/views")) }).data?.items;
  const manages = me.permissions.includes("settings.manage");
  const settings = useQuery({ queryKey: ["settings", "schema"], queryFn: () => call(client.GET("/settings/schema")), enabled: manages, staleTime: 600_000 }).data?.items;
  return useMemo(() => localEntries({ actions, views: views ?? [], settings: settings ?? [], permissions: me.permissions }), [actions, views, settings, me.permissions]);
}
