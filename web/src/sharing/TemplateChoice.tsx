import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "@/app/i18n";
import { useMay, useMe } from "@/app/session";
import { Select } from "@/ui/Field";
import { shareTemplates } from "./api";
import type { Draft } from "./draft";

/** Takes over what a share template has, to be looked at and changed before it is sent. Nothing where there are none. */
export function TemplateChoice({ draft, onFilled, many = false }: { draft: Draft; onFilled: () => void; many?: boolean }) {
  const me = useMe();
  const may = [useMay("tickets.share"), useMay("shares.manage")].some(Boolean);
  const list = useQuery({ ...shareTemplates, enabled: may }).data ?? [];
  const [chosen, setChosen] = useState(0);
  const one = list.find((x) => x.id === chosen);
  const gone = one?.targets.filter((x) => !x.active).map((x) => x.name) ?? [];
  if (list.length === 0) return null;
  return (
    <div className="share-template">
      <Select
        quiet
        aria-label={t("sharing.template")}
        value={draft.chosen.length > 0 ? chosen : 0}
        onChange={(e) => {
          const next = list.find((x) => x.id === Number(e.target.value));
          setChosen(next?.id ?? 0);
          if (!next) return;
          draft.fill(next, me.person.id);
          onFilled();
        }}
      >
        <option value={0}>{t("sharing.template.choose")}</option>
        {list.map((x) => (
          <option key={x.id} value={x.id}>
            {x.name}
          </option>
        ))}
      </Select>
      {gone.length > 0 && (
        <p className="meta" role="status">
          {t("sharing.template.gone", { names: gone.join(", ") })}
        </p>
      )}
      {many && one?.note && draft.chosen.length > 0 && <p className="meta">{t("sharing.template.no_note")}</p>}
    </div>
  );
}
