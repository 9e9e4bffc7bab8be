import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { GitMerge, Lock, Pencil, ShieldAlert, Trash2, type LucideIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Ticket, whoSees } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { PartnerMarks } from "@/partners/PartnerMarks";
import { ShareBadges } from "@/sharing/ShareBadges";
import { ShareStrip } from "@/sharing/ShareStrip";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import type { Save } from "./useSaver";

/** The subject, how the ticket is shared, and who can see it. */
export function TicketHead({ ticket, save }: { ticket: Ticket; save: Save }) {
  return (
    <header className="ticket-head">
      <Subject ticket={ticket} save={save} />
      <div className="cluster">
        <ShareBadges ticket={ticket} />
        <PartnerMarks ticket={ticket} />
        {ticket.private && (
          <Badge icon={Lock} line>
            {t("ticket.private")}
          </Badge>
        )}
        <span className="push" />
        <Sights ticket={ticket} />
      </div>
      <ShareStrip number={ticket.number} />
      {ticket.deleted && <Strip icon={Trash2}>{t("ticket.is_deleted")}</Strip>}
      {ticket.spam && <Strip icon={ShieldAlert}>{t("ticket.is_spam")}</Strip>}
      {ticket.merged && (
        <Strip icon={GitMerge}>
          {t("ticket.is_merged")}{" "}
          {ticket.merged_into !== null && (
            <Link to="/tickets/$number" params={{ number: ticket.merged_into }} search={(s) => s} className="a">
              #{ticket.merged_into}
            </Link>
          )}
        </Strip>
      )}
    </header>
  );
}

function Strip({ icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <div className="banner" data-tone="warn">
      <Icon of={icon} />
      <p>{children}</p>
    </div>
  );
}

/** Up to four of those who can see the ticket, and how many more. */
function Sights({ ticket }: { ticket: Ticket }) {
  const sights = useQuery(whoSees(ticket.number)).data;
  const people = sights?.items ?? [];
  if (people.length === 0) return null;
  const rest = people.length - 4;
  return (
    <span className="avatars" role="img" aria-label={tn("ticket.sights", people.length)} title={people.map((p) => p.person.name).slice(0, 20).join(", ")}>
      {people.slice(0, 4).map((p) => (
        <Avatar key={p.person.id} name={p.person.name} size="sm" outside={p.person.kind === "requester"} />
      ))}
      {rest > 0 && (
        <span className="meta">
          +{rest}
          {sights?.truncated && "+"}
        </span>
      )}
    </span>
  );
}

function Subject({ ticket, save }: { ticket: Ticket; save: Save }) {
  const [text, setText] = useState<string>();
  const done = async () => {
    const subject = text?.trim();
    if (!subject || subject === ticket.subject || (await save({ subject }, { subject }, subject))) setText(undefined);
  };
  if (text !== undefined) {
    return (
      <form
        className="inline-form"
        onSubmit={(e) => {
          e.preventDefault();
          void done();
        }}
      >
        <input className="input" autoFocus aria-label={t("ticket.field.subject")} value={text} maxLength={250} onChange={(e) => setText(e.target.value)} onKeyDown={(e) => e.key === "Escape" && (e.preventDefault(), setText(undefined))} />
        <Button size="sm" kind="primary" type="submit">
          {t("app.save")}
        </Button>
        <Button size="sm" onClick={() => setText(undefined)}>
          {t("app.cancel")}
        </Button>
      </form>
    );
  }
  return (
    <div className="subject">
      <h1 tabIndex={-1} data-heading title={ticket.subject.length > 120 ? ticket.subject : undefined}>
        {ticket.subject}
      </h1>
      {ticket.rights.includes("edit") && <IconButton icon={Pencil} label={t("ticket.subject.edit")} onClick={() => setText(ticket.subject)} />}
    </div>
  );
}
