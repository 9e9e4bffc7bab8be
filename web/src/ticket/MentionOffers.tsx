import { ArrowUpRight, X } from "lucide-react";
import { useState } from "react";
import { call, client, once } from "@/api/client";
import { type Ticket, queries } from "@/api/queries";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { toast } from "@/ui/toast";
import { explain } from "@/ui/states";
import type { Target } from "./api";

/** Who is mentioned and cannot open the ticket: offered a share there and then, to those who may share. */
export function MentionOffers({ ticket, people, onDone }: { ticket: Ticket; people: Target[]; onDone: (id: number) => void }) {
  const me = useMe();
  const may = ticket.rights.includes("share") && me.settings["sharing.enabled"] === true;
  const [busy, setBusy] = useState(0);
  const share = async (to: Target) => {
    setBusy(to.id);
    try {
      await call(
        client.POST("/tickets/{number}/shares", {
          params: { path: { number: ticket.number }, header: once() },
          body: { targets: [{ kind: to.kind, id: to.id }], level: "comment", see_internal: true, notify: true },
        }),
      );
      toast(t("ticket.mention.shared", { name: to.name }));
      onDone(to.id);
      void queries.invalidateQueries({ queryKey: ["ticket", ticket.number] });
    } catch (error) {
      toast({ text: explain(error), error: true });
    } finally {
      setBusy(0);
    }
  };
  return (
    <ul className="mention-offers">
      {people.map((p) => (
        <li key={p.id} className="banner" data-tone="out">
          <Icon of={ArrowUpRight} />
          <p>{t(may ? "ticket.mention.offer" : "ticket.mention.no_access", { name: p.name })}</p>
          {may && (
            <Button size="sm" busy={busy === p.id} onClick={() => void share(p)}>
              {t("ticket.mention.share", { name: p.name })}
            </Button>
          )}
          <IconButton icon={X} label={t("app.close")} onClick={() => onDone(p.id)} />
        </li>
      ))}
    </ul>
  );
}
