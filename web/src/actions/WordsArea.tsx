import { useRef, useState } from "react";
import { t } from "@/app/i18n";
import { htmlOf, textOf } from "@/desk/snippetText";
import { BadgeButton } from "@/ui/Badge";
import { TextArea } from "@/ui/Field";

const words = ["requester.name", "requester.first_name", "ticket.number", "ticket.subject", "agent.name", "account.name"];

/** The text of a message or mail, with words that each ticket fills in. One with more form than paragraphs is shown as its HTML. */
export function WordsArea({ html, error, onChange }: { html: string; error: string; onChange: (html: string) => void }) {
  const [rich] = useState(() => textOf(html) === undefined);
  // What is typed stays as it is: paragraphs and HTML are not the same text in either direction.
  const [text, setText] = useState(() => (rich ? html : (textOf(html) ?? "")));
  const area = useRef<HTMLTextAreaElement>(null);
  const put = (next: string) => {
    setText(next);
    onChange(rich ? next : next.trim() ? htmlOf(next) : "");
  };
  const insert = (word: string) => {
    const at = area.current?.selectionStart ?? text.length;
    const fill = `{{${word}}}`;
    put(text.slice(0, at) + fill + text.slice(area.current?.selectionEnd ?? at));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at + fill.length, at + fill.length);
    });
  };
  return (
    <>
      <TextArea ref={area} label={t(rich ? "desk.snippets.html" : "actions.text")} rows={4} className={rich ? "mono" : ""} value={text} maxLength={20_000} error={error} onChange={(e) => put(e.target.value)} />
      <div className="action-words" role="group" aria-label={t("desk.snippets.insert")}>
        {words.map((w) => (
          <BadgeButton key={w} onClick={() => insert(w)}>
            {w}
          </BadgeButton>
        ))}
      </div>
    </>
  );
}
