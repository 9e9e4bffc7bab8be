import { useMutation } from "@tanstack/react-query";
import { useBlocker, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useOnce } from "@/admin/ui";
import { ApiError } from "@/api/client";
import { queries } from "@/api/queries";
import { ActionRows } from "@/actions/ActionRows";
import { type Keyed, keyed } from "@/actions/model";
import { t, tn } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Fault, faultOf } from "@/ui/FormDialog";
import { toast } from "@/ui/toast";
import { FirstStep } from "./FirstStep";
import { RuleAside } from "./RuleAside";
import { type Choices, changeRule, makeRule, refreshRules, ruleOf } from "./api";
import { type Draft, type Kind, type Rule, blank, changes, halts, pathOf, stepOf, waits } from "./model";
import { useDraft } from "./useDraft";
import { useRuleNames } from "./useNames";

type Props = { kind: Kind; rule?: Rule; choices: Choices };

const own = ["name", "description", "brand_id", "hours", "calendar_id", "performers", "events", "condition", "actions"];

/** The second step: what the rule does. */
function SecondStep({ draft, set, error }: { draft: Draft; set: (change: Partial<Draft>) => void; error: unknown }) {
  const [list, setList] = useState(() => draft.actions.map(keyed));
  const change = (next: Keyed[]) => {
    setList(next);
    set({ actions: next.map((k) => k.action) });
  };
  return (
    <section className="rule-part" aria-label={t("rules.then")}>
      <h2>{t("rules.then")}</h2>
      <p className="meta">{t("rules.then_lead")}</p>
      <ActionRows rule list={list} onChange={change} fault={(place) => faultOf(error, place)} />
    </section>
  );
}

/** Makes or changes a rule in two steps: when it applies, then what it does. */
export function RuleEditor({ kind, rule, choices }: Props) {
  const go = useNavigate();
  const search = useSearch({ strict: false }) as { step?: number; tab?: string };
  const edit = useDraft(blank(kind), rule);
  const { draft, set, changed } = edit;
  const names = useRuleNames(draft, choices.fields);
  const attempt = useOnce();
  const leaving = useRef(false);
  const form = useRef<HTMLDivElement>(null);
  const missing = waits(draft);
  const step = search.step === 2 && (rule || !missing) ? 2 : 1;
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => changed > 0 && !leaving.current && current.pathname !== next.pathname,
    enableBeforeUnload: () => changed > 0 && !leaving.current,
    withResolver: true,
  });
  const here = rule ? `${pathOf(kind)}/${rule.id}` : `${pathOf(kind)}/new`;
  const turn = (to: 1 | 2) => void go({ to: here as "/admin", search: (to === 2 ? { step: 2 } : {}) as never });

  const save = useMutation({
    mutationFn: (over: number | undefined) => (rule ? changeRule(rule.id, over ?? edit.version, changes(edit.base, draft)) : makeRule(draft, attempt(draft))),
    onSuccess: async (saved) => {
      queries.setQueryData(ruleOf(saved.id).queryKey, saved);
      void refreshRules();
      toast(rule ? t("app.saved") : t("rules.added", { name: saved.name }));
      if (rule) return edit.take(saved);
      leaving.current = true;
      edit.forget();
      // Somebody who is warned of something should read it.
      await go({ to: ((saved.warnings ?? []).length > 0 ? `${pathOf(kind)}/${saved.id}` : pathOf(kind)) as "/admin" });
    },
    onError: (error) => {
      const first = error instanceof ApiError ? error.faults.find((f) => own.some((name) => f.location.replace(/^body\./, "").startsWith(name))) : undefined;
      if (first && stepOf(first.location) !== step) turn(stepOf(first.location));
    },
  });
  // What was refused is brought into sight, on whichever step it is.
  useEffect(() => {
    if (save.error) form.current?.querySelector('[aria-invalid="true"], .error, .banner[data-tone="danger"]')?.scrollIntoView({ block: "center" });
  }, [save.error, step]);

  const stale = save.error instanceof ApiError && (save.error.status === 409 || save.error.status === 412);
  const halt = halts(draft);
  const reason = missing ? t(`rules.missing.${missing}`) : halt === "none" ? t("rules.missing.actions") : halt ? t("rules.missing.action", { n: halt.at + 1 }) : undefined;
  const submit = (
    <Button kind="primary" busy={save.isPending} reason={reason ?? (rule && changed === 0 ? t("rules.unchanged") : undefined)} onClick={() => save.mutate(undefined)}>
      {rule ? t("app.save") : t("app.add")}
    </Button>
  );
  return (
    <div className="rule-editor" ref={form}>
      <ol className="rule-steps" aria-label={t("rules.steps")}>
        {([1, 2] as const).map((n) => (
          <li key={n}>
            <button type="button" className="rule-step" aria-current={step === n ? "step" : undefined} disabled={n === 2 && !rule && !!missing} onClick={() => turn(n)}>
              <span className="rule-step-n" aria-hidden="true">
                {n}
              </span>
              {t(n === 1 ? "rules.step.conditions" : "rules.step.actions")}
            </button>
          </li>
        ))}
      </ol>
      <div className="rule-columns">
        <div className="rule-form">
          {step === 1 ? (
            <FirstStep key={edit.round} draft={draft} set={set} choices={choices} names={names} error={save.error} />
          ) : (
            <SecondStep key={edit.round} draft={draft} set={set} error={save.error} />
          )}
          {stale ? (
            <div className="banner" data-tone="warn" role="alert">
              <p>{t("rules.stale")}</p>
              <Button size="sm" onClick={() => void queries.fetchQuery({ ...ruleOf(rule?.id ?? 0), staleTime: 0 }).then((now) => (edit.take(now), save.reset()))}>
                {t("rules.stale_theirs")}
              </Button>
              <Button
                size="sm"
                onClick={() =>
                  void queries.fetchQuery({ ...ruleOf(rule?.id ?? 0), staleTime: 0 }).then((now) => {
                    edit.take(now, true);
                    save.mutate(now.version);
                  })
                }
              >
                {t("rules.stale_mine")}
              </Button>
            </div>
          ) : (
            <Fault error={save.error} fields={own} />
          )}
        </div>
        <RuleAside draft={draft} rule={rule} names={names} ready={!missing && !halt} changed={changed > 0} />
      </div>
      <div className="rule-foot">
        <span className="rule-foot-state" role="status">
          {changed > 0 && (
            <>
              <span className="dot" /> <b>{t("admin.unsaved")}</b> <span className="meta">{tn("admin.changes", changed)}</span>
            </>
          )}
        </span>
        {changed > 0 && <Button onClick={edit.discard}>{t("admin.discard")}</Button>}
        {step === 2 && <Button onClick={() => turn(1)}>{t("rules.back")}</Button>}
        {step === 1 && (
          <Button kind={rule && changed > 0 ? "plain" : "primary"} reason={missing ? t(`rules.missing.${missing}`) : undefined} onClick={() => turn(2)}>
            {t("rules.next")}
          </Button>
        )}
        {(step === 2 || (rule && changed > 0)) && submit}
      </div>
      <Confirm open={blocker.status === "blocked"} onClose={() => blocker.reset?.()} onConfirm={async () => (edit.forget(), blocker.proceed?.())} title={t("admin.leave")} action={t("admin.leave_discard")}>
        <p>{t("admin.leave_text")}</p>
      </Confirm>
    </div>
  );
}
