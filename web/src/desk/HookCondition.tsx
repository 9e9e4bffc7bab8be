import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { TextArea } from "@/ui/Field";

const example = '{"field": "priority", "op": "in", "value": ["high", "urgent"]}';

/** Which tickets a webhook hears of, in the language of filters: a leaf, or {"all": [...]} and {"any": [...]} of such. Empty is every ticket. */
export function HookCondition({ value, onChange, error }: { value: unknown; onChange: (value: unknown) => void; error: string }) {
  const [text, setText] = useState(value ? JSON.stringify(value, null, 2) : "");
  const [broken, setBroken] = useState(false);
  const type = (box: HTMLTextAreaElement) => {
    setText(box.value);
    let tree: unknown = null;
    let fault = false;
    try {
      if (box.value.trim()) tree = JSON.parse(box.value);
      fault = tree !== null && (typeof tree !== "object" || Array.isArray(tree));
    } catch {
      fault = true;
    }
    setBroken(fault);
    box.setCustomValidity(fault ? t("desk.webhooks.condition_broken") : "");
    if (!fault) onChange(tree);
  };
  return (
    <div className="desk-set">
      <TextArea
        label={t("desk.webhooks.condition")}
        rows={text.includes("\n") ? 8 : 3}
        className="mono"
        spellCheck={false}
        value={text}
        placeholder={example}
        hint={t("desk.webhooks.condition_hint")}
        error={broken ? t("desk.webhooks.condition_broken") : error}
        onChange={(e) => type(e.currentTarget)}
      />
      <Words />
    </div>
  );
}

/** The fields that a condition can name, each with its operators. */
function Words() {
  const [open, setOpen] = useState(false);
  const fields = useQuery({ queryKey: ["ticket-filters"], queryFn: () => call(client.GET("/ticket-filters")), staleTime: 600_000, enabled: open }).data?.items ?? [];
  return (
    <details className="machine-words" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary className="a">{t("desk.webhooks.condition_words")}</summary>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="desk-scroll" role="group" aria-label={t("desk.webhooks.condition_words")} tabIndex={0}>
        <p className="meta">
          <code>{`{"all": [ … ]}`}</code> {t("desk.webhooks.condition_all")} <code>{`{"any": [ … ]}`}</code> {t("desk.webhooks.condition_any")}
        </p>
        <dl className="machine-terms">
          {fields.map((f) => (
            <div key={f.key}>
              <dt>
                <code>{f.key}</code> <span className="meta">{f.help}</span>
              </dt>
              <dd className="meta">
                <code>{f.operators.join(", ")}</code>
                {f.choices.length > 0 && f.choices.length <= 12 && (
                  <>
                    {" · "}
                    <code>{f.choices.map((c) => JSON.stringify(c.value)).join(", ")}</code>
                  </>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}
