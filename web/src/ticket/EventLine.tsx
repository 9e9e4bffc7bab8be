import { useState } from "react";
import { ApiError, call, client, once } from "@/api/client";
import { queries } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { toast } from "@/ui/toast";
import { Icon } from "@/ui/Icon";
import { When, useNow } from "@/ui/When";
import { explain } from "@/ui/states";
import type { Line } from "./describe";

const undoFor = 10 * 60_000;

/** A line of the timeline. Sharing can be undone from it for ten minutes. id="event-12" is where the share dialog leads. */
export function EventLine({ line, number, mayShare, latest }: { line: Line; number: number; mayShare: boolean; latest: boolean }) {
  const Drawing = line.icon;
  return (
    <div className="event" id={`event-${line.id}`} data-tone={line.tone} tabIndex={-1}>
      <span className="event-mark">
        <Icon of={Drawing} />
      </span>
      <p>
        {line.said}
        {mayShare && latest && <UndoShare line={line} number={number} />}
      </p>
      <When at={line.at} as="stamp" />
    </div>
  );
}

/** Lines that happened together, folded behind the first. */
export function EventGroup({ lines, number, mayShare, latest }: { lines: Line[]; number: number; mayShare: boolean; latest: ReadonlySet<number> }) {
  // The address may lead to one of them.
  const [open, setOpen] = useState(() => lines.some((l) => location.hash === `#event-${l.id}`));
  const [first, ...more] = lines;
  if (!first) return null;
  const Drawing = first.icon;
  if (open) return lines.map((l) => <EventLine key={l.id} line={l} number={number} mayShare={mayShare} latest={latest.has(l.id)} />);
  return (
    <div className="event" id={`event-${first.id}`} data-tone={first.tone}>
      <span className="event-mark">
        <Icon of={Drawing} />
      </span>
      <p>
        {first.said} {tn("ticket.event.and_more", more.length)}
        <button type="button" className="a event-undo" aria-expanded={false} onClick={() => setOpen(true)}>
          {t("ticket.event.show_all")}
        </button>
      </p>
      <When at={first.at} as="stamp" />
    </div>
  );
}

/** Takes a share back, or gives it again as it was. */
function UndoShare({ line, number }: { line: Line; number: number }) {
  const now = useNow();
  const me = useMe().person.id;
  const [busy, setBusy] = useState(false);
  const { share, kind, at, actor } = line.event;
  const made = kind === "ticket.share.created";
  const ended = kind === "ticket.share.revoked";
  if (!share?.target || !(made || ended) || actor?.id !== me || now - Date.parse(at) > undoFor) return null;
  if (made && !share.id) return null;
  if (ended && !share.old) return null;
  const { target, id, old } = share;
  const run = async () => {
    setBusy(true);
    try {
      if (made) await call(client.DELETE("/tickets/{number}/shares/{id}", { params: { path: { number, id: id ?? 0 } } }));
      else if (old) {
        const { level, see_internal, reply_public, forward, can_reshare, expires_at } = old;
        await call(
          client.POST("/tickets/{number}/shares", {
            params: { path: { number }, header: once() },
            body: { targets: [{ kind: target.kind, id: target.id }], level: level as "view", see_internal, reply_public, forward, can_reshare, expires_at, notify: false },
          }),
        );
      }
      toast(t(made ? "ticket.undo.unshared" : "ticket.undo.shared", { name: target.name }));
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) toast({ text: explain(error), error: true });
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: ["ticket", number] });
    }
  };
  return (
    <button type="button" className="a event-undo" disabled={busy} onClick={() => void run()}>
      {t("app.undo")}
    </button>
  );
}
