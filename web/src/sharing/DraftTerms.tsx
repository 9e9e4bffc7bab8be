import { t, tn } from "@/app/i18n";
import { Terms } from "./Terms";
import type { Draft } from "./draft";
import type { Terms as TermsOf } from "./model";

export const pickerLabel = (settings: Record<string, unknown>) =>
  t(settings["sharing.agents_may_share_with_requesters"] === true ? "sharing.picker.label_requesters" : "sharing.picker.label");

/** What belongs to the chosen: terms, what was refused as a whole, and the line to confirm. */
export function DraftTerms({ draft, most, notes = false }: { draft: Draft; most: TermsOf; notes?: boolean }) {
  if (draft.chosen.length === 0) return null;
  const partners = draft.partners.map((p) => p.name);
  return (
    <>
      {partners.length > 0 && <p className="share-effect">{tn("sharing.partner_terms", partners.length, { names: partners.join(", ") })}</p>}
      {partners.length < draft.chosen.length && <Terms wish={draft.wish} most={most} onChange={draft.set} outside={draft.outside} faults={draft.faults.fields} notes={notes} />}
      {draft.faults.all && (
        <p className="banner" data-tone="danger" role="alert">
          {draft.faults.all}
        </p>
      )}
      {draft.risky && (
        <label className="banner share-sure" data-tone="out">
          <input type="checkbox" className="check" checked={draft.sure} onChange={(e) => draft.setSure(e.target.checked)} />
          <span>{draft.risky}</span>
        </label>
      )}
    </>
  );
}
