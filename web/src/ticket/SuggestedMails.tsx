import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MailQuestion, MailWarning } from "lucide-react";
import { type Schema, call, client, once } from "@/api/client";
import type { Ticket } from "@/api/queries";
import { type Key, t, tn } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { When } from "@/ui/When";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { Markup } from "./Markup";

type Suggested = Schema<"SuggestedMail">;
type Verb = "accept" | "move" | "discard";

/** Mails on the ticket by somebody who may not write there, for the agents to decide on. */
export function SuggestedMails({ ticket }: { ticket: Ticket }) {
  const number = ticket.number;
  const may = ticket.rights.includes("see_internal");
  const list = useQuery({
    queryKey: ["ticket", number, "suggested"],
    queryFn: () => call(client.GET("/tickets/{number}/suggested-mails", { params: { path: { number } } })),
    enabled: may,
  }).data?.items;
  if (!may || !list?.length) return null;
  return (
    <section className="suggested" aria-labelledby="suggested-h">
      <h2 id="suggested-h" className="group-label">
        {tn("ticket.suggested", list.length)}
      </h2>
      {list.map((m) => (
        <One key={m.id} of={m} ticket={ticket} />
      ))}
    </section>
  );
}

function One({ of: m, ticket }: { of: Suggested; ticket: Ticket }) {
  const queries = useQueryClient();
  const decide = useMutation({
    mutationFn: (verb: Verb) => {
      const path = { number: ticket.number, id: m.id };
      if (verb === "discard") return call(client.DELETE("/tickets/{number}/suggested-mails/{id}", { params: { path } })).then(() => undefined);
      const request = { params: { path }, headers: once() };
      return verb === "accept"
        ? call(client.POST("/tickets/{number}/suggested-mails/{id}/accept", request))
        : call(client.POST("/tickets/{number}/suggested-mails/{id}/move", request));
    },
    onSuccess: (made, verb) => toast(verb === "move" ? t("ticket.suggested.moved", { number: String(made?.number ?? "") }) : t(`ticket.suggested.${verb}ed` as Key)),
    onError: (error) => toast({ text: explain(error), error: true }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["ticket", ticket.number] }),
  });
  const from = m.mail.from.name ? `${m.mail.from.name} <${m.mail.from.address}>` : m.mail.from.address;
  const busy = (verb: Verb) => decide.isPending && decide.variables === verb;
  const doubt = m.reason === "unverified";
  return (
    <article className="suggested-mail" aria-label={t("ticket.suggested.of", { name: from })} data-tone={doubt ? "danger" : "warn"}>
      <header className="msg-head">
        <h3 className="msg-who">{from}</h3>
        <Badge tone={doubt ? "danger" : "warn"} icon={doubt ? MailWarning : MailQuestion}>
          {t(`ticket.suggested.reason.${m.reason}` as Key)}
        </Badge>
        <When at={m.created_at} className="meta" />
      </header>
      <p className="meta">{t(`ticket.suggested.why.${m.reason}` as Key)}</p>
      <Markup html="" text={m.text} />
      {m.files > 0 && <p className="meta">{tn("ticket.suggested.files", m.files)}</p>}
      <div className="cluster">
        {ticket.rights.includes("reply") && (
          <Button size="sm" busy={busy("accept")} onClick={() => decide.mutate("accept")}>
            {t("ticket.suggested.accept")}
          </Button>
        )}
        {ticket.rights.includes("edit") && (
          <>
            <Button size="sm" busy={busy("move")} onClick={() => decide.mutate("move")}>
              {t("ticket.suggested.move")}
            </Button>
            <Button size="sm" kind="danger" busy={busy("discard")} onClick={() => decide.mutate("discard")}>
              {t("ticket.suggested.discard")}
            </Button>
          </>
        )}
      </div>
    </article>
  );
}
