import { useQueryClient } from "@tanstack/react-query";
import { MailX } from "lucide-react";
import { type Schema, call, client, once } from "@/api/client";
import { t } from "@/app/i18n";
import { useMay } from "@/app/session";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { When } from "@/ui/When";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";

/** Says that mail to somebody comes back, and lets it go out again. */
export function ComesBack({ person }: { person: Schema<"WholePerson"> | undefined }) {
  const queries = useQueryClient();
  const mayReply = useMay("tickets.reply");
  const mayPeople = useMay("people.manage");
  const back = person?.undeliverable;
  if (!person || !back) return null;
  const forget = async () => {
    try {
      await call(client.POST("/people/{id}/deliverable", { params: { path: { id: person.id } }, headers: once() }));
      toast(t("app.comes_back.cleared"));
    } catch (error) {
      toast({ text: explain(error), error: true });
    }
    await Promise.all([queries.invalidateQueries({ queryKey: ["person", person.id] }), queries.invalidateQueries({ queryKey: ["admin"] })]);
  };
  return (
    <div className="banner comes-back" data-tone="danger">
      <Icon of={MailX} />
      <div className="grow">
        <p>
          {t("app.comes_back")} <When at={back.since} as="ago" />
        </p>
        {back.detail && <p className="server-said">{back.detail}</p>}
        {(mayReply || mayPeople) && (
          <Button size="sm" onClick={() => void forget()}>
            {t("app.comes_back.clear")}
          </Button>
        )}
      </div>
    </div>
  );
}
