import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Copy, Ellipsis, Trash2 } from "lucide-react";
import { useState } from "react";
import { BackLink } from "@/admin/Role";
import { t } from "@/app/i18n";
import { Missing } from "@/app/Missing";
import { useDo } from "@/desk/parts";
import { IconButton } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Switch } from "@/ui/Field";
import { Menu, MenuItem, MenuLine } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { Failed, Skeleton } from "@/ui/states";
import { RuleEditor } from "./RuleEditor";
import { RuleLog } from "./RuleLog";
import { RuleVersions } from "./RuleVersions";
import { changeRule, choices, copyRule, dropRule, refreshRules, ruleOf, rulesKey } from "./api";
import { type Kind, type Rule as RuleType, isKind, pathOf } from "./model";
import "./rules.css";

const tabs = ["rule", "log", "versions"] as const;

/** One rule: what it does, what it has done, and what it was before. "new" makes one. */
export function Rule() {
  const { kind, id } = useParams({ strict: false }) as { kind?: string; id?: string };
  const fresh = id === "new";
  if (!isKind(kind) || (!fresh && !/^[1-9]\d{0,14}$/.test(id ?? ""))) return <Missing />;
  return fresh ? <NewRule key={kind} kind={kind} /> : <OneRule key={id} kind={kind} id={Number(id)} />;
}

function NewRule({ kind }: { kind: Kind }) {
  const known = useQuery(choices);
  return (
    <Page title={t(`rules.new.${kind}`)} lead={<BackLink to={pathOf(kind)} label={t(`app.admin.rules.${kind}`)} />} width={1120}>
      {known.data ? <RuleEditor kind={kind} choices={known.data} /> : known.error ? <Failed error={known.error} retry={() => void known.refetch()} /> : <Skeleton lines={8} height={24} />}
    </Page>
  );
}

function OneRule({ kind, id }: { kind: Kind; id: number }) {
  const one = useQuery(ruleOf(id));
  const known = useQuery(choices);
  const search = useSearch({ strict: false }) as { tab?: string };
  const go = useNavigate();
  const tab = tabs.find((x) => x === search.tab) ?? "rule";
  const rule = one.data;
  const failed = one.error ?? known.error;
  const lead = <BackLink to={pathOf(kind)} label={t(`app.admin.rules.${kind}`)} />;
  if (!rule || !known.data)
    return (
      <Page title={rule?.name ?? t("rules.rule")} lead={lead} width={1120}>
        {failed ? <Failed error={failed} retry={() => void Promise.all([one.refetch(), known.refetch()])} /> : <Skeleton lines={8} height={24} />}
      </Page>
    );
  return (
    <Page title={rule.name} lead={lead} width={1120} actions={<Acts rule={rule} />}>
      <div className="tabs" role="group" aria-label={t("rules.tabs")}>
        {tabs.map((x) => (
          <button key={x} type="button" className="tab" aria-pressed={tab === x} onClick={() => void go({ to: `${pathOf(kind)}/${id}` as "/admin", search: (x === "rule" ? {} : { tab: x }) as never })}>
            {t(`rules.tab.${x}`)}
          </button>
        ))}
      </div>
      {/* The editor stays while a log is read, so that nothing that was typed is lost. */}
      <div hidden={tab !== "rule"}>
        <RuleEditor kind={rule.kind} rule={rule} choices={known.data} />
      </div>
      {tab === "log" && <RuleLog rule={rule} fields={known.data.fields} />}
      {tab === "versions" && <RuleVersions rule={rule} fields={known.data.fields} />}
    </Page>
  );
}

function Acts({ rule }: { rule: RuleType }) {
  const go = useNavigate();
  const doIt = useDo(rulesKey);
  const [deleting, setDeleting] = useState(false);
  const copy = () =>
    doIt(async () => {
      const made = await copyRule(rule.id);
      await go({ to: `${pathOf(made.kind)}/${made.id}` as "/admin" });
    }, t("rules.copied_here"));
  return (
    <>
      <label className="option">
        <Switch label={t("rules.enabled", { name: rule.name })} checked={rule.enabled} onChange={() => void doIt(() => changeRule(rule.id, rule.version, { enabled: !rule.enabled }))} />
        <span aria-hidden="true">{t(rule.enabled ? "rules.on" : "rules.off")}</span>
      </label>
      <Menu label={rule.name} trigger={<IconButton icon={Ellipsis} label={t("app.actions")} />}>
        <MenuItem icon={Copy} onSelect={() => void copy()}>
          {t("rules.copy")}
        </MenuItem>
        <MenuLine />
        <MenuItem icon={Trash2} danger onSelect={() => setDeleting(true)}>
          {t("app.delete")}
        </MenuItem>
      </Menu>
      <Confirm
        open={deleting}
        onClose={() => setDeleting(false)}
        title={t("rules.delete", { name: rule.name })}
        action={t("app.delete")}
        onConfirm={async () => {
          await dropRule(rule.id);
          await go({ to: pathOf(rule.kind) as "/admin" });
          await refreshRules();
        }}
      >
        <p>{t("rules.delete_text")}</p>
      </Confirm>
    </>
  );
}
