import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useFilters } from "@/desk/filters";
import { known, t, tn } from "@/app/i18n";
import { AboutTicket } from "@/desk/Jobs";
import type { Field } from "@/tickets/api";
import { type Tone, Badge } from "@/ui/Badge";
import { Dialog } from "@/ui/Dialog";
import { Select } from "@/ui/Field";
import { Table, usePages } from "@/ui/Table";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { Reasons, WouldDo } from "./RuleTry";
import { type LogLine, logPage } from "./api";
import { type Rule, draftOf, pathOf } from "./model";
import { useRuleNames } from "./useNames";

const outcomes = ["matched", "not_matched", "skipped", "failed", "stopped"] as const;
const tones: Record<string, Tone> = { matched: "ok", failed: "danger", stopped: "warn" };

export const outcomeName = (outcome: string) => (known(`rules.outcome.${outcome}`) ? t(`rules.outcome.${outcome}` as "rules.outcome.matched") : outcome);

/** What became of a rule each time it was asked. */
export function RuleLog({ rule, fields }: { rule: Rule; fields: readonly Field[] }) {
  const [filters, setFilters] = useFilters(`${pathOf(rule.kind)}/${rule.id}`, ["tab", "outcome"]);
  const outcome = outcomes.find((o) => o === filters.outcome);
  const list = usePages(["rules", "log", rule.id, outcome], (cursor) => logPage(rule.id, { ...cursor, ...(outcome ? { outcome } : {}) }), 10_000);
  const [open, setOpen] = useState<LogLine>();
  const draft = draftOf(rule);
  const names = useRuleNames(draft, fields);
  return (
    <>
      <div className="desk-bar">
        <Select aria-label={t("rules.log.show")} value={outcome ?? ""} onChange={(e) => setFilters({ outcome: e.target.value })}>
          <option value="">{t("rules.log.all")}</option>
          {outcomes.map((o) => (
            <option key={o} value={o}>
              {outcomeName(o)}
            </option>
          ))}
        </Select>
        <span className="meta">{tn("rules.matched", rule.matched_7_days)}</span>
      </div>
      <Table
        label={t("rules.tab.log")}
        list={list}
        rows={list.items}
        id={(l) => l.id}
        empty={<Empty title={t("rules.log.empty")}>{t("rules.log.empty_text")}</Empty>}
        columns={[
          {
            label: t("rules.log.outcome"),
            cell: (l) => (
              <button type="button" className="rule-open" onClick={() => setOpen(l)}>
                <Outcome of={l.outcome} />
              </button>
            ),
          },
          { label: t("rules.log.ticket"), cell: (l) => <AboutTicket of={l.ticket} /> },
          { label: t("rules.log.did"), cell: (l) => <Did of={l} /> },
          { label: t("desk.when"), cell: (l) => <When at={l.at} as="ago" />, num: true, nowrap: true },
        ]}
      />
      {open && (
        <Dialog open onClose={() => setOpen(undefined)} title={outcomeName(open.outcome)} subtitle={<When at={open.at} as="exact" />}>
          <p>
            <AboutTicket of={open.ticket} />
          </p>
          <Reasons of={open.why} draft={draft} names={names} />
          <WouldDo of={open.actions} />
        </Dialog>
      )}
    </>
  );
}

function Outcome({ of }: { of: string }) {
  return (
    <Badge tone={tones[of] ?? "neutral"} {...(of === "failed" || of === "stopped" ? { icon: CircleAlert } : {})}>
      {outcomeName(of)}
    </Badge>
  );
}

/** What it did, in a few words: the rest opens with the line. */
function Did({ of }: { of: LogLine }) {
  const done = of.actions ?? [];
  if (done.length === 0) return null;
  const not = done.filter((d) => d.outcome !== "done");
  return (
    <>
      {done.map((d) => d.what).filter(Boolean).join(", ")}
      {not.length > 0 && <span className="meta"> {tn("rules.log.not_done", not.length)}</span>}
    </>
  );
}
