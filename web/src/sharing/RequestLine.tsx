import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { t } from "@/app/i18n";
import { exact } from "@/app/time";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Field";
import { When } from "@/ui/When";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { type AccessRequest, declineAccess, grantAccess } from "./api";
import { type Level, levelName, levels, rank } from "./model";

const asks = { view: "sharing.request.view", comment: "sharing.request.comment", edit: "sharing.request.edit" } as const;

/** Somebody asks to be let in: give a level, or decline. In the list of requests it names the ticket as well. */
export function RequestLine({ request, most, ticket = false }: { request: AccessRequest; most?: Level; ticket?: boolean }) {
  const cache = useQueryClient();
  const [level, setLevel] = useState<Level>(most && rank(request.level) > rank(most) ? most : request.level);
  const [busy, setBusy] = useState<"" | "grant" | "decline">("");
  const decide = async (how: "grant" | "decline") => {
    setBusy(how);
    try {
      await (how === "grant" ? grantAccess(request.id, level) : declineAccess(request.id));
      toast(how === "grant" ? t("sharing.request.toast_granted", { name: request.person.name }) : t("sharing.request.toast_declined", { name: request.person.name }));
    } catch (error) {
      toast({ text: explain(error), error: true });
    } finally {
      setBusy("");
      void cache.invalidateQueries({ queryKey: ["requests"] });
      void cache.invalidateQueries({ queryKey: ["ticket", request.ticket.number] });
    }
  };
  return (
    <li className="share-request" data-plain={ticket || undefined}>
      <Avatar name={request.person.name} />
      <div className="share-request-text">
        <p>
          <strong>{request.person.name}</strong> {t(asks[request.level])} <When at={request.created_at} as="ago" className="meta" />
        </p>
        {ticket && (
          <Link to="/tickets/$number" params={{ number: request.ticket.number }} className="a clip">
            #{request.ticket.number} {request.ticket.subject}
          </Link>
        )}
        {request.reason && <blockquote className="share-quote">{request.reason}</blockquote>}
        {request.state !== "waiting" && <Decided request={request} />}
        {request.state === "waiting" && level === "comment" && <p className="meta">{t("sharing.request.notes")}</p>}
      </div>
      {request.state === "waiting" && (
        <div className="share-request-acts">
          <Select aria-label={t("sharing.request.level", { name: request.person.name })} value={level} onChange={(e) => setLevel(e.target.value as Level)}>
            {levels
              .filter((l) => !most || rank(l) <= rank(most))
              .map((l) => (
                <option key={l} value={l}>
                  {levelName(l)}
                </option>
              ))}
          </Select>
          <Button busy={busy === "grant"} onClick={() => void decide("grant")} aria-label={t("sharing.request.grant_for", { name: request.person.name })}>
            {t("sharing.request.grant")}
          </Button>
          <Button kind="quiet" busy={busy === "decline"} onClick={() => void decide("decline")} aria-label={t("sharing.request.decline_for", { name: request.person.name })}>
            {t("sharing.request.decline")}
          </Button>
        </div>
      )}
    </li>
  );
}

function Decided({ request }: { request: AccessRequest }) {
  const name = request.decided_by?.name ?? "";
  return (
    <p className="meta" title={request.decided_at ? exact(request.decided_at) : undefined}>
      {request.state === "granted" ? (name ? t("sharing.request.granted_by", { name }) : t("sharing.request.granted")) : name ? t("sharing.request.declined_by", { name }) : t("sharing.request.declined")}
      {request.decided_at && (
        <>
          , <When at={request.decided_at} as="ago" />
        </>
      )}
    </p>
  );
}
