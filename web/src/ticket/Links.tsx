import { Link as To } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useState } from "react";
import { ApiError, call, client, once } from "@/api/client";
import { type Ticket, queries } from "@/api/queries";
import { type Key, t } from "@/app/i18n";
import { Button, IconButton } from "@/ui/Button";
import { Select } from "@/ui/Field";
import { explain } from "@/ui/states";
import { link } from "./api";
import { act } from "./useSaver";

const kinds = ["related", "parent", "child"] as const;

/** Tickets that belong to this one. One that the reader cannot open is only counted. */
export function Links({ ticket }: { ticket: Ticket }) {
  const number = ticket.number;
  const may = ticket.rights.includes("edit");
  const [adding, setAdding] = useState(false);
  const [kind, setKind] = useState<(typeof kinds)[number]>("related");
  const [other, setOther] = useState("");
  const [fault, setFault] = useState("");
  if (!may && ticket.links.length === 0) return null;
  const add = async () => {
    const n = Number(other.replace(/^#/, ""));
    if (!Number.isSafeInteger(n) || n < 1) return setFault(t("ticket.link.number_bad"));
    try {
      await call(client.POST("/tickets/{number}/linked-tickets", { params: { path: { number }, header: once() }, body: { kind, number: n } }));
      setAdding(false);
      setOther("");
      setFault("");
      void queries.invalidateQueries({ queryKey: ["ticket", number] });
    } catch (error) {
      setFault(error instanceof ApiError && error.status === 404 ? t("ticket.link.not_found") : explain(error));
    }
    return undefined;
  };
  return (
    <section className="block" aria-labelledby="links-h">
      <div className="section-head">
        <h2 id="links-h">{t("ticket.links")}</h2>
      </div>
      <ul>
        {ticket.links.map((l) => (
          <li key={l.id} className="who">
            <span className="grow">
              <span className="meta">{t(`ticket.link.${l.kind}` as Key)}</span>
              {l.visible && l.number ? (
                <To to="/tickets/$number" params={{ number: l.number }} search={(s) => s} className="a clip">
                  #{l.number} {l.subject}
                </To>
              ) : (
                <span className="meta">{t("ticket.link.hidden")}</span>
              )}
            </span>
            {may && <IconButton icon={X} label={t("ticket.link.remove", { number: l.number ?? "" })} onClick={() => void act(number, () => link(number, l.id), t("ticket.link.removed"))} />}
          </li>
        ))}
      </ul>
      {may && !adding && (
        <button type="button" className="a meta-btn" onClick={() => setAdding(true)}>
          {t("ticket.link.add")}
        </button>
      )}
      {may && adding && (
        <form
          className="inline-form"
          onSubmit={(e) => {
            e.preventDefault();
            void add();
          }}
        >
          <Select aria-label={t("ticket.link.kind")} value={kind} onChange={(e) => setKind(e.target.value as "related")}>
            {kinds.map((k) => (
              <option key={k} value={k}>
                {t(`ticket.link.${k}`)}
              </option>
            ))}
          </Select>
          <input className="input" inputMode="numeric" autoFocus aria-label={t("ticket.link.number")} aria-invalid={!!fault || undefined} placeholder="#123" value={other} onChange={(e) => setOther(e.target.value)} />
          <Button size="sm" type="submit">
            {t("app.add")}
          </Button>
          <Button size="sm" kind="quiet" onClick={() => setAdding(false)}>
            {t("app.cancel")}
          </Button>
          {fault && (
            <p className="inline-fault" data-tone="danger" role="alert">
              {fault}
            </p>
          )}
        </form>
      )}
    </section>
  );
}
