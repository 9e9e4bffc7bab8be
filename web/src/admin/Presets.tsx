import { useState } from "react";
import { t, tn } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import type { Setting, Values } from "./api";
import { differences, presets, settingName, valueWords } from "./settingWords";

/** Named bundles of the sharing policy. What one would change is shown before it is applied. */
export function Presets({ list, now, apply }: { list: Setting[]; now: Values; apply: (values: Values) => Promise<unknown> }) {
  const [asked, setAsked] = useState<(typeof presets)[number]>();
  const [open, setOpen] = useState(false);
  const changes = asked ? differences(list, now, asked.values) : [];
  return (
    <div className="adm-presets" role="group" aria-label={t("admin.presets")}>
      {presets.map((p) => {
        const count = differences(list, now, p.values).length;
        const words = count === 0 ? t("admin.preset.in_force") : tn("admin.preset.changes", count);
        return (
          <div key={p.id} className="adm-preset">
            <strong>{t(`admin.preset.${p.id}`)}</strong>
            <p>{t(`admin.preset_text.${p.id}`)}</p>
            <Button
              size="sm"
              reason={count === 0 ? t("admin.preset.in_force") : undefined}
              aria-label={t("admin.preset.see", { what: words, name: t(`admin.preset.${p.id}`) })}
              onClick={() => {
                setAsked(p);
                setOpen(true);
              }}
            >
              {words}
            </Button>
          </div>
        );
      })}
      <Confirm
        open={open && !!asked}
        onClose={() => setOpen(false)}
        danger={false}
        title={asked ? t("admin.preset.title", { name: t(`admin.preset.${asked.id}`) }) : ""}
        action={t("admin.preset.apply")}
        onConfirm={() => apply(Object.fromEntries(changes.map((c) => [c.setting.key, c.after])))}
      >
        <p>{t("admin.preset.lead")}</p>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("admin.preset.setting")}</th>
              <th scope="col">{t("admin.preset.before")}</th>
              <th scope="col">{t("admin.preset.after")}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((c) => (
              <tr key={c.setting.key}>
                <td>{settingName(c.setting.key)}</td>
                <td>{valueWords(c.setting, c.before)}</td>
                <td className="strong">{valueWords(c.setting, c.after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Confirm>
    </div>
  );
}
