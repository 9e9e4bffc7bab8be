import { useRef, useState } from "react";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { useGroups } from "@/desk/lists";
import { pickerLabel } from "@/sharing/DraftTerms";
import { Picker } from "@/sharing/Picker";
import { type Choice, keyOf } from "@/sharing/model";
import { Check } from "@/ui/Field";
import { fieldName } from "@/tickets/filterWords";
import type { Faults } from "./ActionRows";
import { type ActionTarget, mostTargets, needsId, targetKey } from "./model";
import { type Names, targetName } from "./words";
import "@/sharing/sharing.css";

type Props = { targets: ActionTarget[]; names: Names; faults: Faults; onChange: (targets: ActionTarget[]) => void; /** Shares are changed or ended, and none is made. */ ending?: boolean };

const found = ["group_owner", "account_manager"] as const;

/** With whom: by the picker of the share dialog, and by what each ticket names. */
export function Targets({ targets, names, faults, onChange, ending = false }: Props) {
  const me = useMe();
  const groups = useGroups();
  const input = useRef<HTMLInputElement>(null);
  // What the picker knows of somebody (the address, how many a group has) is kept while the page is open.
  const [seen, setSeen] = useState<Record<string, Choice>>({});
  const named = targets.filter((x) => needsId(x.kind));
  const others = targets.filter((x) => !needsId(x.kind));
  const choice = (x: ActionTarget): Choice => {
    const members = groups.find((g) => g.id === x.id && x.kind === "group")?.members?.length;
    return { access: null, address: null, members: members ?? null, shared: false, ...seen[targetKey(x)], kind: x.kind, id: x.id ?? 0, name: seen[targetKey(x)]?.name ?? targetName(x, names) } as Choice;
  };
  const chosen = named.map(choice);
  const chips: Record<string, string> = {};
  targets.forEach((x, i) => {
    const fault = faults(`targets[${i}]`) || faults(`targets[${i}].id`) || faults(`targets[${i}].kind`);
    if (fault) chips[keyOf(x as Choice)] = fault;
  });
  const whole = Object.keys(chips).length === 0 ? faults("targets") : "";
  const over = targets.length > mostTargets;
  const fields = names.fields.filter((f) => f.key.startsWith("field:") && (f.type === "group" || f.type === "text" || f.type === "choice"));
  const turn = (x: ActionTarget, on: boolean) => onChange(on ? [...targets, x] : targets.filter((y) => targetKey(y) !== targetKey(x)));
  const byField = others.filter((x) => x.kind === "field_group");
  return (
    <div className="action-targets">
      <Picker
        number={0}
        chosen={chosen}
        ending={ending}
        faults={chips}
        inputRef={input}
        label={pickerLabel(me.settings)}
        onChange={(next) => {
          setSeen((old) => ({ ...old, ...Object.fromEntries(next.map((c) => [keyOf(c), c])) }));
          onChange([...next.map((c) => ({ kind: c.kind as ActionTarget["kind"], id: c.id })), ...others]);
        }}
      />
      <div className="action-checks" role="group" aria-label={t("actions.found")}>
        {found.map((kind) => (
          <Check key={kind} checked={others.some((x) => x.kind === kind)} onChange={(e) => turn({ kind }, e.target.checked)}>
            {targetName({ kind }, names)}
          </Check>
        ))}
        {[...fields.map((f) => ({ id: Number(f.key.slice(6)), name: fieldName(f) })), ...byField.filter((x) => !fields.some((f) => f.key === `field:${x.id}`)).map((x) => ({ id: x.id ?? 0, name: `#${x.id}` }))].map((f) => (
          <Check key={f.id} checked={byField.some((x) => x.id === f.id)} onChange={(e) => turn({ kind: "field_group", id: f.id }, e.target.checked)}>
            {t("actions.target.field_group", { field: f.name })}
          </Check>
        ))}
      </div>
      {(whole || over) && (
        <p className="error" data-tone="danger" role="alert">
          {whole || tn("actions.too_many", mostTargets)}
        </p>
      )}
    </div>
  );
}
