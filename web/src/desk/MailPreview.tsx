import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { call, client, once } from "@/api/client";
import { t } from "@/app/i18n";
import { TextField } from "@/ui/Field";
import { faultOf } from "@/ui/FormDialog";
import { Section } from "@/ui/Page";
import { Failed, Skeleton } from "@/ui/states";
import { mailsKey } from "./MailTemplates";

type Place = { path: { kind: string; language: string }; query: { brand?: number } };
type Wish = { subject: string; opening: string; closing: string; ticket?: number };

/** How long one does not type before the mail is drawn anew, in ms. */
const rest = 400;

/** useTrial gives the mail as these words make it, a moment after the last change. fresh says that it is of these very words. */
export function useTrial(place: Place, wish: Wish) {
  const now = JSON.stringify(wish);
  const [asked, setAsked] = useState(now);
  useEffect(() => {
    const later = setTimeout(() => setAsked(now), rest);
    return () => clearTimeout(later);
  }, [now]);
  const mail = useQuery({
    queryKey: [...mailsKey, "preview", place, asked],
    queryFn: () => call(client.POST("/mail-templates/{kind}/{language}/preview", { params: place, headers: once(), body: JSON.parse(asked) as Wish })),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  // What was drawn last stays until there is something newer, also while a text is refused.
  const [shown, setShown] = useState(mail.data);
  if (mail.data && mail.data !== shown) setShown(mail.data);
  return { mail: shown, error: mail.error, pending: mail.isPending && !shown, fresh: asked === now && mail.isSuccess, retry: () => void mail.refetch() };
}

export type Trial = ReturnType<typeof useTrial>;

/** The mail as it would arrive, as HTML or as text, with made-up values or with those of a ticket. */
export function MailPreview({ trial, ticket, onTicket }: { trial: Trial; ticket: string; onTicket: (number: string) => void }) {
  const [form, setForm] = useState<"html" | "text">("html");
  const { mail, error } = trial;
  const known = ["subject", "opening", "closing", "ticket"].some((f) => faultOf(error, f));
  return (
    <Section
      title={t("desk.mails.preview")}
      actions={
        <div className="tabs" role="group" aria-label={t("desk.mails.form")}>
          {(["html", "text"] as const).map((f) => (
            <button key={f} type="button" className="tab" aria-pressed={form === f} onClick={() => setForm(f)}>
              {f === "html" ? t("desk.mails.as_html") : t("desk.mails.as_text")}
            </button>
          ))}
        </div>
      }
    >
      {trial.pending && <Skeleton lines={6} height={20} />}
      {Boolean(error) && !known && <Failed error={error} retry={trial.retry} />}
      {mail && (
        <article className="mail-shown" aria-busy={!trial.fresh || undefined}>
          <h3>{mail.subject}</h3>
          {form === "html" ? <Frame html={mail.html} /> : <pre>{mail.text}</pre>}
        </article>
      )}
      <TextField label={t("desk.mails.ticket")} hint={t("desk.mails.ticket_hint")} inputMode="numeric" value={ticket} error={faultOf(error, "ticket")} onChange={(e) => onTicket(e.target.value.replace(/\D/g, "").slice(0, 15))} />
    </Section>
  );
}

/**
 * The HTML of a mail in a frame in which no script runs. The page's policy takes no style out of HTML, so that the styles of the
 * mail, which the server wrote, are put on from outside. Links lead nowhere here.
 */
function Frame({ html }: { html: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const bare = html.replaceAll(' style="', ' data-look="').replace('name="color-scheme" content="light dark"', 'name="color-scheme" content="light"');
  const dress = () => {
    const page = frame.current?.contentDocument;
    if (!page?.body) return;
    for (const e of page.querySelectorAll<HTMLElement>("[data-look]")) e.style.cssText = e.dataset["look"] ?? "";
    for (const a of page.querySelectorAll("a")) a.removeAttribute("href");
    frame.current!.style.blockSize = `${page.documentElement.scrollHeight}px`;
  };
  return <iframe ref={frame} title={t("desk.mails.preview")} sandbox="allow-same-origin" srcDoc={bare} onLoad={dress} />;
}
