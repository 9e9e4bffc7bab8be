import { useRef, useState } from "react";
import { t } from "@/app/i18n";
import { htmlOf, plainOf, textOf } from "@/desk/snippetText";
import { BadgeButton } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/Field";

const placeholders = ["requester.name", "requester.first_name", "ticket.number", "ticket.subject", "agent.name", "account.name"];

/** A text with placeholders that is kept as HTML: written as text while it is plain paragraphs. */
export function WordsArea({ html, label, onChange, rows = 5, error }: { html: string; label: string; onChange: (html: string) => void; rows?: number; error?: string }) {
  const simple = html ? textOf(html) : "";
  const [rich, setRich] = useState(simple === undefined);
  const [text, setText] = useState(simple ?? html);
  const area = useRef<HTMLTextAreaElement>(null);
  const write = (next: string, form = rich) => {
    setText(next);
    onChange(form || !next.trim() ? next.trim() && next : htmlOf(next));
  };
  const insert = (word: string) => {
    const at = area.current?.selectionStart ?? text.length;
    const put = `{{${word}}}`;
    write(text.slice(0, at) + put + text.slice(area.current?.selectionEnd ?? at));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at + put.length, at + put.length);
    });
  };
  const turn = () => {
    write(rich ? (textOf(text) ?? plainOf(text)) : text.trim() && htmlOf(text), !rich);
    setRich(!rich);
  };
  return (
    <>
      <TextArea ref={area} label={label} rows={rows} className={rich ? "mono" : ""} value={text} required maxLength={20_000} error={error} onChange={(e) => write(e.target.value)} />
      <div className="action-words" role="group" aria-label={t("actions.insert")}>
        <span className="meta">{t("actions.insert")}</span>
        {placeholders.map((p) => (
          <BadgeButton key={p} onClick={() => insert(p)}>
            {p}
          </BadgeButton>
        ))}
        <Button size="sm" kind="quiet" className="push" reason={rich && textOf(text) === undefined ? t("actions.formatted") : undefined} onClick={turn}>
          {t(rich ? "actions.as_text" : "actions.as_html")}
        </Button>
      </div>
    </>
  );
}
