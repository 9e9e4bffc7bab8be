import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Building2, Users } from "lucide-react";
import { useState } from "react";
import { ApiError, call, client, once } from "@/api/client";
import { type Ticket, queries, ticket as ticketOf } from "@/api/queries";
import { locale, t, tn } from "@/app/i18n";
import { live } from "@/partners/linkWords";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Check, TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { useSlow } from "./Choose";
import { ticketsOf } from "./api";

/** Puts a ticket into another. Whoever would gain sight of messages by it is named before it happens. */
export function Merge({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const go = useNavigate();
  const [text, setText] = useState("");
  const [carry, setCarry] = useState(false);
  const [gain, setGain] = useState<string[]>();
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const typed = useSlow(text.trim().replace(/^#/, ""), 200);
  const into = /^[1-9]\d{0,15}$/.test(typed) ? Number(typed) : 0;
  const self = into === ticket.number;
  const other = useQuery({ ...ticketOf(into), enabled: into > 0 && !self });
  const near = (useQuery(ticketsOf(ticket.requester.id)).data?.items ?? []).filter((x) => x.number !== ticket.number).slice(0, 4);
  const found = into > 0 && !self && !other.error ? other.data : undefined;
  const wrong = self ? t("ticket.merge.self") : other.error ? t("ticket.merge.not_found") : "";

  const ended = [...new Set(ticket.partners.filter((p) => live(p.state)).map((p) => p.partner.name))];

  const set = (value: string) => {
    setText(value);
    setGain(undefined);
    setFault("");
  };
  const merge = async () => {
    if (!found) return;
    setBusy(true);
    setFault("");
    try {
      await call(client.POST("/tickets/{number}/merge", { params: { path: { number: ticket.number }, header: once() }, body: { into, carry_shares: carry, ...(gain ? { accept_widening: true } : {}) } }));
      toast(t("ticket.merge.done", { from: ticket.number, into }));
      void queries.invalidateQueries({ queryKey: ["ticket"] });
      void queries.invalidateQueries({ queryKey: ["tickets"] });
      onClose();
      await go({ to: "/tickets/$number", params: { number: into }, search: (s) => s });
    } catch (error) {
      if (error instanceof ApiError && error.said["reason"] === "would_widen" && Array.isArray(error.said["gain"])) setGain(error.said["gain"] as string[]);
      else setFault(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("ticket.merge.title")}
      subtitle={`#${ticket.number} ${ticket.subject}`}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind={gain ? "danger" : "primary"} busy={busy} reason={found ? undefined : t("ticket.merge.choose")} onClick={() => void merge()}>
            {gain ? tn("ticket.merge.anyway", gain.length) : t("ticket.merge.go")}
          </Button>
        </>
      }
    >
      <p className="prose">{t("ticket.merge.text")}</p>
      <TextField label={t("ticket.merge.into")} value={text} inputMode="numeric" placeholder="#123" error={typed && wrong ? wrong : undefined} onChange={(e) => set(e.target.value)} />
      {found && (
        <p className="banner" data-tone="neutral">
          <strong>#{found.number}</strong> <span className="clip">{found.subject}</span> <span className="meta">{found.requester.name}</span>
        </p>
      )}
      {near.length > 0 && !found && (
        <div className="merge-near">
          <h3 className="group-label">{t("ticket.merge.near", { name: ticket.requester.name })}</h3>
          {near.map((n) => (
            <button key={n.number} type="button" className="menu-item" onClick={() => set(String(n.number))}>
              <span className="meta num">#{n.number}</span>
              <span className="clip">{n.subject}</span>
            </button>
          ))}
        </div>
      )}
      {ticket.shares > 0 && (
        <Check checked={carry} onChange={(e) => (setCarry(e.target.checked), setGain(undefined))} hint={t("ticket.merge.carry_hint")}>
          {t("ticket.merge.carry")}
        </Check>
      )}
      {ended.length > 0 && (
        <p className="banner" data-tone="warn">
          <Icon of={Building2} />
          {t("ticket.merge.partners", { names: new Intl.ListFormat(locale()).format(ended) })}
        </p>
      )}
      {gain && (
        <div className="banner" data-tone="warn" role="alert">
          <Icon of={Users} />
          <div className="grow">
            <strong>{tn("ticket.merge.gain", gain.length)}</strong>
            <p>{gain.join(", ")}</p>
          </div>
        </div>
      )}
      {fault && (
        <p className="banner" data-tone="danger" role="alert">
          {fault}
        </p>
      )}
    </Dialog>
  );
}
