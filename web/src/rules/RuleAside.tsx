import { TriangleAlert } from "lucide-react";
import { useDeferredValue } from "react";
import { parts } from "./words";
import { t } from "@/app/i18n";
import { Icon } from "@/ui/Icon";
import { RuleTry } from "./RuleTry";
import { type Draft, type Rule } from "./model";
import { sentence } from "./sentence";
import type { Names } from "./words";

/** Beside the form: the rule in one sentence, what to be careful about, and what it would do. */
export function RuleAside({ draft, rule, names, ready, changed }: { draft: Draft; rule: Rule | undefined; names: Names; ready: boolean; changed: boolean }) {
  const text = useDeferredValue(sentence(draft, names));
  return (
    <aside className="rule-aside" aria-label={t("rules.effect")}>
      <p className="sentence" role="status" aria-label={t("rules.sentence")}>
        <Marked text={text} />
      </p>
      {rule?.confined && rule.author && (
        <div className="banner" data-tone="neutral">
          <p>{t("rules.confined_text", { name: rule.author.name })}</p>
        </div>
      )}
      {!changed &&
        (rule?.warnings ?? []).map((w) => (
          <div key={w.code + w.text} className="banner" data-tone="warn">
            <Icon of={TriangleAlert} />
            <p>{w.text}</p>
          </div>
        ))}
      <RuleTry draft={draft} ready={ready} names={names} />
    </aside>
  );
}

/** A text, with what somebody chose in bold. */
export function Marked({ text }: { text: string }) {
  // oxlint-disable-next-line react/no-array-index-key -- a part is its place
  return parts(text).map((p, i) => (p.strong ? <b key={i}>{p.text}</b> : <span key={i}>{p.text}</span>));
}
