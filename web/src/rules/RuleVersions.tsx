import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { queries } from "@/api/queries";
import { t } from "@/app/i18n";
import type { Field } from "@/tickets/api";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { When } from "@/ui/When";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toast";
import { Marked } from "./RuleAside";
import { type Version, refreshRules, restoreVersion, ruleOf, versionsOf } from "./api";
import type { Draft, Kind, Rule } from "./model";
import { sentence } from "./sentence";
import { useRuleNames } from "./useNames";

/** What a rule was before, newest first; an earlier one can be brought back, which makes a new version. */
export function RuleVersions({ rule, fields }: { rule: Rule; fields: readonly Field[] }) {
  const list = useQuery({ ...versionsOf(rule.id), staleTime: 0 });
  const [back, setBack] = useState<Version>();
  if (list.isPending) return <Skeleton lines={5} height={32} />;
  if (list.error && !list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const rows = list.data ?? [];
  if (rows.length === 0) return <Empty title={t("rules.versions.empty")}>{t("rules.versions.empty_text")}</Empty>;
  return (
    <>
      <ol className="rule-versions">
        {rows.map((v) => (
          <li key={v.version}>
            <VersionLine of={v} kind={rule.kind} fields={fields} now={v.version === rule.version} onBack={() => setBack(v)} />
          </li>
        ))}
      </ol>
      <Confirm
        open={!!back}
        onClose={() => setBack(undefined)}
        title={t("rules.versions.restore", { n: back?.version ?? 0 })}
        action={t("rules.versions.do")}
        danger={false}
        onConfirm={async () => {
          const next = await restoreVersion(rule.id, back?.version ?? 0);
          queries.setQueryData(ruleOf(rule.id).queryKey, next);
          await refreshRules();
          toast(t("rules.versions.restored", { n: back?.version ?? 0 }));
        }}
      >
        <p>{t("rules.versions.text")}</p>
      </Confirm>
    </>
  );
}

function VersionLine({ of: v, kind, fields, now, onBack }: { of: Version; kind: Kind; fields: readonly Field[]; now: boolean; onBack: () => void }) {
  const draft: Draft = { ...v, kind, enabled: true, events: v.events ?? [], actions: v.actions ?? [] };
  const names = useRuleNames(draft, fields);
  return (
    <>
      <span className="rule-version-head">
        <b>{t("rules.versions.n", { n: v.version })}</b>
        {now && <Badge tone="accent">{t("rules.versions.now")}</Badge>}
        <span className="meta">
          {v.author?.name} <When at={v.at} as="stamp" />
        </span>
        <span className="push" />
        {!now && !v.broken && (
          <Button size="sm" icon={RotateCcw} aria-label={t("rules.versions.restore", { n: v.version })} onClick={onBack}>
            {t("rules.versions.do")}
          </Button>
        )}
      </span>
      <p className="rule-version-text">
        <b>{v.name}</b>: <Marked text={sentence(draft, names)} />
      </p>
    </>
  );
}
