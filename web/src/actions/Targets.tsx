import { useRef } from "react";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Picker } from "@/sharing/Picker";
import type { Choice } from "@/sharing/model";
import type { Field as TicketField } from "@/tickets/api";
import { fieldName } from "@/tickets/filterWords";
import { Check, SelectField } from "@/ui/Field";
import type { ActionTarget, TargetKind } from "./model";
import { targetName, useNames } from "./names";
import "@/sharing/sharing.css";

type Props = {
  label?: string;
  targets: ActionTarget[];
  fields: readonly TicketField[];
  onChange: (targets: ActionTarget[]) => void;
  /** People with a share are what is looked for. */
  ending?: boolean;
  /** It is about who gets a mail, not about shares. */
  mail?: boolean;
};

const found: Record<"mail" | "share", TargetKind[]> = { mail: ["requester", "assignee", "assigned_group"], share: ["group_owner", "account_manager"] };

/** Whom an action is about: agents, groups, requesters and partners by name, and those who are found with the ticket. */
export function Targets({ label, targets, fields, onChange, ending = false, mail = false }: Props) {
  const { settings } = useMe();
  const input = useRef<HTMLInputElement>(null);
  const names = useNames([{ do: "share", targets }]);
  const isNamed = (x: ActionTarget) => x.kind === "agent" || x.kind === "group" || ((x.kind === "requester" || x.kind === "partner") && !mail);
  // A mail goes to people of this desk, by name.
  const offered = (c: Pick<Choice, "kind">) => !mail || (c.kind !== "requester" && c.kind !== "partner");
  const named = targets.filter(isNamed);
  const others = targets.filter((x) => !isNamed(x));
  const chosen: Choice[] = named.map((x) => ({ kind: x.kind as Choice["kind"], id: x.id ?? 0, name: targetName(x, names), address: null, members: null, access: null, shared: false }));
  const kinds = found[mail ? "mail" : "share"];
  const choices = fields.filter((f) => f.key.startsWith("field:") && (f.choices.length > 0 || f.type === "text"));
  const byField = others.find((x) => x.kind === "field_group")?.id;
  const withField = (id: number) => onChange([...named, ...others.filter((x) => x.kind !== "field_group"), ...(id ? [{ kind: "field_group" as const, id }] : [])]);
  const requesters = settings["sharing.agents_may_share_with_requesters"] === true && !mail;
  return (
    <>
      <Picker
        number={0}
        chosen={chosen}
        onChange={(list) => onChange([...list.filter(offered).map(({ kind, id }) => ({ kind, id })), ...others])}
        faults={{}}
        inputRef={input}
        label={label ?? t(requesters ? "sharing.picker.label_requesters" : "sharing.picker.label")}
        ending={ending}
        only={offered}
      />
      <div className="action-found" role="group" aria-label={t("actions.found")}>
        {kinds.map((kind) => (
          <Check
            key={kind}
            checked={others.some((x) => x.kind === kind)}
            onChange={(e) => onChange(e.target.checked ? [...targets, { kind }] : targets.filter((x) => x.kind !== kind))}
          >
            {targetName({ kind }, names)}
          </Check>
        ))}
        {!mail && choices.length > 0 && (
          <SelectField label={t("actions.by_field")} bare value={byField ?? ""} onChange={(e) => withField(Number(e.target.value))}>
            <option value="">{t("actions.by_field_none")}</option>
            {choices.map((f) => (
              <option key={f.key} value={f.key.slice("field:".length)}>
                {t("actions.target.field_group", { field: fieldName(f) })}
              </option>
            ))}
          </SelectField>
        )}
      </div>
    </>
  );
}
