import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Dialog } from "@/ui/Dialog";
import { Check } from "@/ui/Field";
import { Keys } from "@/ui/Tip";
import { t } from "./i18n";
import { keyGroups, keyLines } from "./keys";
import "./own.css";
import { savePreferences } from "./own";
import { remembered } from "./preferences";
import { allActions } from "./shortcuts";

/** keyWords says keys aloud: the caps are drawn for eyes alone. */
function keyWords(keys: string): string {
  return keys
    .split(" ")
    .map((press) =>
      press
        .split("+")
        .map((k) => ({ mod: t("app.keys.mod"), shift: t("app.keys.shift"), enter: t("app.keys.enter"), escape: t("app.keys.escape") })[k] ?? k.toUpperCase())
        .join(" + "),
    )
    .join(` ${t("app.keys.then")} `);
}

/** Every key there is, and the switch that turns single keys off (WCAG 2.1.4). */
export function KeySheet({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const lines = useRef(keyLines(allActions())).current;
  const [on, setOn] = useState(remembered().shortcuts);
  const turn = (next: boolean) => {
    setOn(next);
    void savePreferences(queries, { shortcuts: next }).then((kept) => kept || setOn(!next));
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("app.action.keys")}
      width={760}
    >
      <Check checked={on} onChange={(e) => turn(e.target.checked)} hint={t("app.keys.single_hint")}>
        {t("app.keys.single")}
      </Check>
      <div className="keysheet">
        {keyGroups.map(({ group, label }) => {
          const shown = lines.filter((l) => l.group === group);
          if (shown.length === 0) return null;
          return (
            <section key={group}>
              <h3 className="group-label">{t(label)}</h3>
              <dl>
                {shown.map((l) => (
                  <div key={l.keys + l.label} data-off={(!on && !l.keys.includes("mod") && l.keys !== "escape") || undefined}>
                    <dt>{t(l.label)}</dt>
                    <dd>
                      <span className="vh">{keyWords(l.keys)}</span>
                      <Keys of={l.keys} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}
