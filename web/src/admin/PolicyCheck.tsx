import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { type Key, known, t } from "@/app/i18n";
import { SelectField, TextField } from "@/ui/Field";
import { IconButton } from "@/ui/Button";
import { Failed, Skeleton } from "@/ui/states";
import { AgentPicker } from "./AgentPicker";
import { type Named, groups as groupList } from "./api";
import type { Entry } from "./policyWords";

/** May Ana share ticket 12 with HR? Nothing is shared by asking. */
export function PolicyCheck({ entries, partners }: { entries: Entry[]; partners: Named[] }) {
  const groups = useQuery(groupList).data ?? [];
  const [who, setWho] = useState<Named>();
  const [ticket, setTicket] = useState("");
  const [chosen, setChosen] = useState(0); // the group or the partner
  const [agent, setAgent] = useState<Named>();
  const [kind, setKind] = useState<"group" | "agent" | "partner">("group");
  const number = /^[1-9]\d{0,14}$/.test(ticket.trim().replace(/^#/, "")) ? Number(ticket.trim().replace(/^#/, "")) : 0;
  const target = kind === "agent" ? (agent?.id ?? 0) : chosen;
  const ready = !!who && number > 0 && target > 0;
  const asked = { person: who?.id ?? 0, ticket: number, kind, target };
  const check = useQuery({
    // Whatever changes in the policy asks anew.
    queryKey: ["admin", "share-policy", "check", asked, entries],
    queryFn: () => call(client.GET("/share-check", { params: { query: asked } })),
    enabled: ready,
    retry: false,
  });
  return (
    <div className="policy-check">
      <One label={t("admin.allowed.check_who")} chosen={who} onChange={setWho} />
      <TextField label={t("admin.allowed.check_ticket")} inputMode="numeric" value={ticket} maxLength={16} onChange={(e) => setTicket(e.target.value)} />
      <SelectField label={t("admin.allowed.check_whom")} value={kind === "agent" ? "agent" : `${kind} ${chosen}`} onChange={(e) => {
        const [to, id] = e.target.value.split(" ");
        setKind(to as typeof kind);
        setChosen(Number(id ?? 0));
      }}>
        <option value="group 0">{t("admin.allowed.check_choose")}</option>
        {groups.map((g) => (
          <option key={g.id} value={`group ${g.id}`}>
            {g.name}
          </option>
        ))}
        {partners.length > 0 && (
          <optgroup label={t("admin.allowed.partners")}>
            {partners.map((p) => (
              <option key={p.id} value={`partner ${p.id}`}>
                {p.name}
              </option>
            ))}
          </optgroup>
        )}
        <option value="agent">{t("admin.allowed.check_agent")}</option>
      </SelectField>
      {kind === "agent" && <One label={t("admin.allowed.check_which")} chosen={agent} onChange={setAgent} />}
      <div className="policy-verdict" aria-live="polite">
        {ready && check.isPending && <Skeleton lines={1} />}
        {ready && check.error && <Failed error={check.error} retry={() => void check.refetch()} />}
        {ready && check.data && <Verdict check={check.data} entries={entries} />}
      </div>
    </div>
  );
}

/** One person, found by name. */
function One({ label, chosen, onChange }: { label: string; chosen: Named | undefined; onChange: (person: Named | undefined) => void }) {
  return (
    <div className="field">
      <span className="label">{label}</span>
      {chosen ? (
        <span className="policy-one">
          <span className="strong clip">{chosen.name}</span>
          <IconButton icon={X} label={t("app.remove", { name: chosen.name })} onClick={() => onChange(undefined)} />
        </span>
      ) : (
        <AgentPicker label={label} not={[]} onPick={(p) => onChange({ id: p.id, name: p.name })} />
      )}
    </div>
  );
}

function Verdict({ check, entries }: { check: Schema<"ShareCheck">; entries: Entry[] }) {
  const at = entries.findIndex((e) => e.id === check.entry);
  const because =
    check.reason === "policy"
      ? at >= 0
        ? t("admin.allowed.by_entry", { number: at + 1 })
        : t("admin.allowed.by_default")
      : known(`admin.allowed.why.${check.reason}`)
        ? t(`admin.allowed.why.${check.reason}` as Key)
        : check.message;
  return (
    <p className="banner" data-tone={check.allowed ? "ok" : "warn"}>
      <strong>{t(check.allowed ? "admin.allowed.may" : "admin.allowed.may_not")}</strong> {because}
    </p>
  );
}
