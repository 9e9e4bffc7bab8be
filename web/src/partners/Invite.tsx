import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "@/app/i18n";
import { useOnce } from "@/admin/ui";
import { TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { toast } from "@/ui/toast";
import { TermsGrid } from "./TermsGrid";
import { invite, partnersKey } from "./api";
import type { Partner } from "./types";
import { usualTerms } from "./words";

/** hostOf gives the host of an address as somebody types it; "" while there is none. */
function hostOf(address: string): string {
  const text = address.trim();
  try {
    return new URL(/^https?:\/\//i.test(text) ? text : `https://${text}`).host;
  } catch {
    return "";
  }
}

/** Invites another desk. The terms are ours and stand once the invitation is out. */
export function Invite({ onClose, onMade }: { onClose: () => void; onMade: (made: Partner) => void }) {
  const queries = useQueryClient();
  const headers = useOnce();
  const [address, setAddress] = useState("");
  const [name, setName] = useState("");
  const [terms, setTerms] = useState(usualTerms);
  const save = async () => {
    const body = { address: address.trim(), name: name.trim(), terms };
    const made = await invite(body, headers(body));
    void queries.invalidateQueries({ queryKey: partnersKey });
    toast(t("partners.invited", { host: made.host }));
    onMade(made);
  };
  return (
    <FormDialog title={t("partners.invite")} subtitle={t("partners.invite_lead")} action={t("partners.invite_do")} width={680} onClose={onClose} onSave={save} fields={["address", "name"]}>
      {(about) => (
        <>
          <TextField label={t("partners.address")} hint={t("partners.address_hint")} value={address} required inputMode="url" spellCheck={false} maxLength={1000} placeholder="https://desk.example.com/sharing" error={about("address")} onChange={(e) => setAddress(e.target.value)} />
          <TextField label={t("partners.name")} hint={t("partners.name_hint")} value={name} maxLength={200} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <TermsGrid terms={terms} who={name.trim() || hostOf(address) || t("partners.them")} onChange={setTerms} />
        </>
      )}
    </FormDialog>
  );
}
