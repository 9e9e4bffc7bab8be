import { Building2, Code, Eye, Forward, GitMerge, Link2, Lock, Paperclip, StickyNote } from "lucide-react";
import { memo } from "react";
import type { Message } from "@/api/queries";
import { type Key, known, locale, t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { size } from "@/app/time";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { When } from "@/ui/When";
import { MailFacts } from "./MailFacts";
import type { Forwarding } from "./ForwardDialog";
import { Markup } from "./Markup";
import { type Attachment, type Reader, fileAddress } from "./api";
import { counted } from "./readers";

/** earlier says whether a message was written noticeably before it came in. */
const earlier = (written: string, came: string) => Date.parse(came) - Date.parse(written) > 10 * 60_000;

type Props = { number: number; /** Whether the reader may look at the mail behind it. */ inside: boolean; message: Message; requester: number; seen: Reader | undefined; fresh: boolean; onSource?: ((message: number) => void) | undefined; onForward: ((of: Forwarding) => void) | undefined };

/** One message: who wrote it and how it came, its text and files, and who can read it. */
export const MessageItem = memo(function MessageItem({ number, inside, message: m, requester, seen, fresh, onSource, onForward }: Props) {
  const me = useMe().person;
  const kind = m.kind === "note" ? "note" : m.kind === "local_note" ? "local" : m.author?.id === requester || m.link ? "requester" : "reply";
  const side = m.side;
  const foreign = m.foreign;
  const name = foreign?.name ?? m.author?.name ?? (m.link ? m.link.name || t("ticket.message.guest") : side?.from || t("ticket.event.desk"));
  const via = !m.link && !foreign && known(`ticket.via.${m.via}`) ? t(`ticket.via.${m.via}` as Key) : "";
  const role = m.author?.id === me.id ? t("app.you") : kind === "requester" && !m.link ? t("ticket.requester") : "";
  return (
    <article className="msg" id={`message-${m.id}`} data-kind={kind} data-tone={kind === "note" ? "note" : kind === "local" ? "neutral" : undefined} data-fresh={fresh || undefined} aria-label={t("ticket.message.of", { name })}>
      <Avatar name={name} kind={foreign || m.author ? "person" : m.link ? "link" : "system"} outside={!!foreign} />
      <div className="msg-box">
        <header className="msg-head">
          <h3 className="msg-who">{name}</h3>
          {side && (
            <Badge icon={Forward} line>
              {t("ticket.side.badge")}
            </Badge>
          )}
          {kind === "note" && !side && (
            <Badge tone="note" icon={StickyNote}>
              {t("ticket.kind.note.badge")}
            </Badge>
          )}
          {kind === "local" && (
            <Badge icon={Lock}>{t("ticket.kind.local_note")}</Badge>
          )}
          {m.link && (
            <Badge icon={Link2} title={t("ticket.message.link.title")}>
              {m.link.label ? t("ticket.message.link.named", { label: m.link.label }) : t("ticket.message.link")}
            </Badge>
          )}
          {foreign && (
            <Badge tone="in" icon={Building2} title={foreign.role}>
              {t("ticket.partner.via", { name: foreign.partner.name })}
            </Badge>
          )}
          {foreign?.person_name && <span className="meta">{t("ticket.partner.is", { name: foreign.person_name })}</span>}
          {foreign?.written_at && earlier(foreign.written_at, m.created_at) && (
            <span className="meta">
              {t("ticket.partner.written")} <When at={foreign.written_at} as="stamp" />
            </span>
          )}
          {m.merged && (
            <Badge icon={GitMerge} line>
              {t("ticket.message.merged")}
            </Badge>
          )}
          {(role || via) && <span className="meta">{[role, via].filter(Boolean).join(", ")}</span>}
          <When at={m.created_at} as="stamp" className="meta" />
          {onForward && m.kind !== "local_note" && <IconButton icon={Forward} label={t("ticket.forward.message")} className="msg-forward" onClick={() => onForward({ message: m })} />}
          {onSource && m.source && <IconButton icon={Code} label={t("ticket.source.of", { name })} className="msg-source" onClick={() => onSource(m.id)} />}
        </header>
        {side && (
          <p className="msg-side meta">
            <span className="clip">{t(side.from ? "ticket.side.from" : "ticket.side.to", { names: side.from || new Intl.ListFormat(locale()).format(side.to), subject: side.subject })}</span>
            {onForward && (
              <button type="button" className="a" onClick={() => onForward({ side })}>
                {t("ticket.side.answer")}
              </button>
            )}
          </p>
        )}
        <Markup html={m.html} text={m.text} />
        {m.attachments.length > 0 && <Files files={m.attachments} />}
        {inside && m.mail && <MailFacts mail={m.mail} number={number} message={m.id} />}
        <p className="msg-seen">
          <Icon of={kind === "local" ? Lock : Eye} small />
          {side ? t("ticket.seen.side", { names: new Intl.ListFormat(locale()).format([side.from, ...side.to].filter(Boolean)) }) : kind === "local" ? t("ticket.seen.local") : kind === "note" ? t("ticket.seen.note") : seen ? t("ticket.seen.by", { names: counted(seen) }) : t("ticket.seen.reply")}
        </p>
      </div>
    </article>
  );
});

const isPicture = (a: Attachment) => /^image\/(png|jpeg|gif|webp)$/.test(a.content_type);

/** The files of a message: pictures as small views of themselves, all of them to download. */
function Files({ files }: { files: Attachment[] }) {
  const pictures = files.filter(isPicture);
  return (
    <>
      {pictures.length > 0 && (
        <ul className="pictures">
          {pictures.map((a) => (
            <li key={a.id}>
              <a href={fileAddress(a.id)} target="_blank" rel="noopener">
                <img src={fileAddress(a.id)} alt={a.name} loading="lazy" />
              </a>
            </li>
          ))}
        </ul>
      )}
      <ul className="files">
        {files.map((a) => (
          <li key={a.id}>
            <a className="file" href={fileAddress(a.id)} download={a.name}>
              <Icon of={Paperclip} />
              <span className="clip">{a.name}</span> <span className="meta">{size(a.size)}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
