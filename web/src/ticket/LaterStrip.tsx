import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Clock, Pencil, SendHorizontal, Undo2, X } from "lucide-react";
import { Suspense, useEffect, useState } from "react";
import { type Key, known, t, tn } from "@/app/i18n";
import { late } from "@/app/late";
import { useMe } from "@/app/session";
import { exact } from "@/app/time";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Markup } from "./Markup";
import { type Later, cancel, scheduledOn, sendNow } from "./later";

const LaterDialog = late(() => import("./LaterDialog"), "LaterDialog");

/** What waits to be sent on a ticket, over the place where one writes. What was just sent can be undone there. */
export function LaterStrip({ number, onRestore }: { number: number; onRestore: (later: Later) => void }) {
  const me = useMe().person.id;
  const all = useQuery(scheduledOn(number)).data ?? [];
  const sending = all.filter((l) => l.undo && l.author.id === me && l.state === "waiting");
  const waiting = all.filter((l) => !l.undo || l.state !== "waiting");
  if (sending.length + waiting.length === 0) return null;
  return (
    <section className="later" aria-label={t("ticket.later.strip")}>
      {waiting.length > 0 && (
        <>
          <h2 className="group-label">{tn("ticket.later.count", waiting.length)}</h2>
          <ul className="later-list">
            {waiting.map((l) => (
              <LaterRow key={l.id} later={l} />
            ))}
          </ul>
        </>
      )}
      {sending.map((l) => (
        <Sending key={l.id} later={l} onRestore={onRestore} />
      ))}
    </section>
  );
}

/** Why a message was not sent, in words. */
export function reasonOf(l: Later): string {
  const key = `ticket.later.reason.${l.reason}`;
  return known(key) ? t(key as Key) : "";
}

/** A scheduled message: when it goes, what it says, and what one may do with it. */
export function LaterRow({ later: l, ticket }: { later: Later; ticket?: React.ReactNode }) {
  const me = useMe().person.id;
  const [editing, setEditing] = useState(false);
  const [busy, setBusy] = useState(false);
  const stuck = l.state === "held" || l.state === "failed";
  const may = (act: string) => l.may.includes(act);
  const run = (act: (l: Later) => Promise<unknown>) => {
    setBusy(true);
    void act(l).finally(() => setBusy(false));
  };
  return (
    <li className="later-row" data-tone={stuck ? "warn" : undefined}>
      <Icon of={stuck ? CircleAlert : Clock} />
      <div className="grow later-what">
      {ticket}
      <details>
        <summary>
          <span className="later-when">
            <strong>{t(stuck ? `ticket.later.state.${l.state as "held" | "failed"}` : `ticket.later.kind.${l.kind}`, { at: exact(l.send_at) })}</strong>
            {l.author.id !== me && <span className="meta">{t("ticket.later.by", { name: l.author.name })}</span>}
          </span>
          <span className="meta clip">{stuck ? reasonOf(l) : l.text}</span>
        </summary>
        <Markup html={l.html} text={l.text} />
        {l.attachments.length > 0 && <p className="meta">{tn("ticket.later.files", l.attachments.length)}</p>}
        {l.hold && !stuck && <p className="meta">{t("ticket.later.hold")}</p>}
      </details>
      </div>
      <span className="later-acts">
        {may("send") && <IconButton icon={SendHorizontal} label={t("ticket.later.send_now")} disabled={busy} onClick={() => run(sendNow)} />}
        {may("edit") && <IconButton icon={Pencil} label={t("ticket.later.edit")} onClick={() => setEditing(true)} />}
        {may("cancel") && <IconButton icon={X} label={t("ticket.later.cancel")} disabled={busy} onClick={() => run(cancel)} />}
      </span>
      <Suspense>{editing && <LaterDialog of={l} onClose={() => setEditing(false)} />}</Suspense>
    </li>
  );
}

/** A message that was just sent and can still be taken back. */
function Sending({ later: l, onRestore }: { later: Later; onRestore: (later: Later) => void }) {
  const left = useSeconds(l.send_at);
  const [busy, setBusy] = useState(false);
  const undo = async () => {
    setBusy(true);
    if (await cancel(l)) onRestore(l);
    setBusy(false);
  };
  return (
    <p className="later-row later-sending">
      <Icon of={SendHorizontal} />
      <span className="grow clip" role="status">
        {t("ticket.later.sending")}
        {left > 0 && <span aria-hidden="true">{` ${left}`}</span>}
      </span>
      <Button size="sm" icon={Undo2} busy={busy} onClick={() => void undo()}>
        {t("app.undo")}
      </Button>
    </p>
  );
}

/** useSeconds counts down to a moment. */
function useSeconds(at: string): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(tick);
  }, []);
  return Math.max(0, Math.ceil((Date.parse(at) - now) / 1000));
}
