import { useQuery } from "@tanstack/react-query";
import { Lock, Paperclip } from "lucide-react";
import { known, t, tn } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Icon } from "@/ui/Icon";
import { Failed, Skeleton } from "@/ui/states";
import { type Wish, preview } from "./api";
import type { Preview as Shown } from "./types";

type Props = { number: number; wish: Wish; busy: boolean; onClose: () => void; onSubmit: () => void };

/** Exactly what each partner would see, and what stays here. */
export function Preview({ number, wish, busy, onClose, onSubmit }: Props) {
  const found = useQuery(preview(number, wish));
  return (
    <Dialog
      open
      onClose={onClose}
      width={680}
      title={t("partners.preview_title")}
      subtitle={t("partners.preview_lead")}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="primary" busy={busy} reason={found.data ? undefined : t("app.loading")} onClick={onSubmit}>
            {t("partners.submit")}
          </Button>
        </>
      }
    >
      {found.isPending && <Skeleton lines={6} height={20} />}
      {found.error && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.data?.items.map((p) => (
        <One key={p.partner.id} of={p} />
      ))}
    </Dialog>
  );
}

const word = (start: string, value: string) => {
  const key = `${start}.${value}`;
  return known(key) ? t(key) : value;
};

/** What stays here, with how many there are of what is counted. */
function leftWords(what: string, count: number): string {
  const counted = ["message", "file", "field"] as const;
  const kind = counted.find((k) => k === what);
  return kind ? tn(`partners.left.${kind}`, count) : word("partners.left", what);
}

function One({ of: p }: { of: Shown }) {
  return (
    <section className="partner-shown" aria-label={p.partner.name}>
      <h3>
        <Avatar name={p.partner.host} kind="partner" size="sm" />
        {p.partner.name}
        {p.partner.name !== p.partner.host && <span className="meta">{p.partner.host}</span>}
      </h3>
      <dl className="partner-facts">
        <dt>{t("partners.preview.subject")}</dt>
        <dd>{p.subject}</dd>
        {p.requester && (
          <>
            <dt>{t("partners.preview.requester")}</dt>
            <dd>{p.requester}</dd>
          </>
        )}
        {p.status && (
          <>
            <dt>{t("partners.preview.status")}</dt>
            <dd>{word("ticket.status", p.status)}</dd>
          </>
        )}
        {p.tags.length > 0 && (
          <>
            <dt>{t("partners.preview.tags")}</dt>
            <dd>{p.tags.join(", ")}</dd>
          </>
        )}
        {p.fields.map((f) => (
          <div key={f.title} className="partner-fact">
            <dt>{f.title}</dt>
            <dd>{f.value}</dd>
          </div>
        ))}
      </dl>
      {p.messages.length > 0 ? (
        <ol className="partner-says">
          {p.messages.map((m, i) => (
            // oxlint-disable-next-line react/no-array-index-key -- messages have no other name here
            <li key={i} data-kind={m.public ? undefined : "note"} data-tone={m.public ? undefined : "note"}>
              <p className="cluster">
                <span className="strong">{m.author}</span>
                {!m.public && (
                  <Badge tone="note" icon={Lock}>
                    {t("partners.preview.note")}
                  </Badge>
                )}
              </p>
              <p className="partner-text">{m.text}</p>
              {m.files.length > 0 && (
                <p className="meta cluster">
                  <Icon of={Paperclip} small />
                  {m.files.join(", ")}
                </p>
              )}
            </li>
          ))}
        </ol>
      ) : (
        <p className="meta">{t("partners.preview.no_messages")}</p>
      )}
      {p.left_out.length > 0 && (
        <div>
          <p className="group-label">{t("partners.preview.left_out")}</p>
          <ul className="partner-left">
            {p.left_out.map((l, i) => (
              // oxlint-disable-next-line react/no-array-index-key -- lines have no other name
              <li key={i}>
                <span>{leftWords(l.what, l.count)}</span>
                <span className="meta">{word("partners.why", l.why)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
