import { t } from "@/app/i18n";
import { useGroups } from "@/desk/lists";
import { Check } from "@/ui/Field";
import { Pick } from "@/tickets/Pick";
import type { Receiver } from "./model";
import { type Names, targetName } from "./words";
import { People } from "./ActionFields";

const found = ["assignee", "assigned_group", "requester"] as const;

/** Who gets a mail: those whom each ticket names, and agents and groups in particular. */
export function Receivers({ to, names, error, onChange }: { to: Receiver[]; names: Names; error: string; onChange: (to: Receiver[]) => void }) {
  const groups = useGroups();
  const of = (kind: Receiver["kind"]) => to.filter((r) => r.kind === kind && r.id).map((r) => r.id ?? 0);
  const put = (kind: Receiver["kind"], ids: number[]) => onChange([...to.filter((r) => r.kind !== kind), ...ids.map((id) => ({ kind, id }))]);
  return (
    <fieldset className="desk-set">
      <legend>{t("actions.receivers")}</legend>
      <div className="action-checks">
        {found.map((kind) => (
          <Check key={kind} checked={to.some((r) => r.kind === kind)} onChange={(e) => onChange(e.target.checked ? [...to, { kind }] : to.filter((r) => r.kind !== kind))}>
            {targetName({ kind }, names)}
          </Check>
        ))}
      </div>
      <div className="desk-pair">
        <People label={t("actions.agents")} several chosen={of("agent")} onChange={(ids) => put("agent", ids)} />
        <div className="field">
          <span className="label" aria-hidden="true">
            {t("actions.groups")}
          </span>
          <Pick label={t("actions.groups")} several choices={groups.map((g) => ({ value: g.id, name: g.name, kind: "group" as const }))} value={of("group")} onChange={(ids) => put("group", ids.map(Number))} />
        </div>
      </div>
      {error && (
        <p className="error" data-tone="danger" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
