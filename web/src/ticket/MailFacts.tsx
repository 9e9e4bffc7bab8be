import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { type Key, t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Failed, Skeleton } from "@/ui/states";
import { Markup } from "./Markup";

type Mail = NonNullable<Schema<"Message">["mail"]>;

/** What is known of the mail that a message came in: its sender, the checks and the whole text. */
export function MailFacts({ mail, number, message }: { mail: Mail; number: number; message: number }) {
  const [open, setOpen] = useState(false);
  const [whole, setWhole] = useState(false);
  const { checks } = mail;
  const said = [["SPF", checks.spf, checks.spf_domain], ["DKIM", checks.dkim, checks.dkim_domain], ["DMARC", checks.dmarc, ""]].filter(([, result]) => result);
  return (
    <details className="msg-quote" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{mail.verdict === "fail" ? t("ticket.mail.doubt") : t("ticket.mail.facts")}</summary>
      {open && (
        <>
          <dl className="mail-facts">
            <dt>{t("ticket.mail.from")}</dt>
            <dd>{mail.from.name ? `${mail.from.name} <${mail.from.address}>` : mail.from.address}</dd>
            <dt>{t("ticket.mail.verdict")}</dt>
            <dd>{t(`ticket.mail.verdict.${mail.verdict}` as Key)}</dd>
            {said.map(([name, result, domain]) => (
              <FactLine key={name} name={name ?? ""} value={domain ? `${result} (${domain})` : (result ?? "")} />
            ))}
            {checks.by && <FactLine name={t("ticket.mail.by")} value={checks.by} />}
          </dl>
          {mail.kept && !whole && (
            <Button size="sm" onClick={() => setWhole(true)}>
              {t("ticket.mail.whole")}
            </Button>
          )}
          {whole && <Whole number={number} message={message} />}
        </>
      )}
    </details>
  );
}

function FactLine({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Whole({ number, message }: { number: number; message: number }) {
  const text = useQuery({
    queryKey: ["ticket", number, "original", message],
    queryFn: () => call(client.GET("/tickets/{number}/messages/{id}/original", { params: { path: { number, id: message } } })),
    staleTime: Infinity,
  });
  if (text.error) return <Failed error={text.error} retry={() => void text.refetch()} />;
  return text.data ? <Markup html={text.data.html} text={text.data.text} /> : <Skeleton lines={4} />;
}
