import { CircleAlert } from "lucide-react";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { number, t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Badge, type Tone } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { SelectField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import "./PeopleImport.css";

export type Kind = "agent" | "requester";
export type Import = Schema<"Import">;
export type Column = { header: string; field: string | null };

const fields = ["address", "name", "first_name", "last_name", "others", "language", "department", "company", "roles", "groups"] as const;
type Field = (typeof fields)[number];
const ofKind: Partial<Record<Field, Kind>> = { department: "requester", company: "requester", roles: "agent", groups: "agent" };
const needs: Partial<Record<Field, string>> = { roles: "roles.manage", groups: "groups.manage" };

/** fieldsOf gives what a column can hold, of those whom somebody with these permissions imports. */
export const fieldsOf = (kind: Kind, may: readonly string[]) => fields.filter((f) => (ofKind[f] ?? kind) === kind && may.includes(needs[f] ?? "people.manage"));

/**
 * assign says that the column under a header holds a field from now on. Only further addresses may stand in several
 * columns: whichever held another field before is left out.
 */
export function assign(mapping: Record<string, string>, columns: readonly Column[], header: string, field: string): Record<string, string> {
  const next = { ...mapping, [header]: field };
  if (field === "" || field === "others") return next;
  for (const c of columns) if (c.header !== header && c.field === field) next[c.header] = "";
  return next;
}

/** What each column of the file holds. */
export function Columns({ kind, columns, onPick }: { kind: Kind; columns: readonly Column[]; onPick: (header: string, field: string) => void }) {
  const may = useMe().permissions;
  const offered = fieldsOf(kind, may);
  const shown = columns.filter((c, i) => c.header !== "" && columns.findIndex((d) => d.header === c.header) === i);
  return (
    <div className="import-map">
      {shown.map((c) => (
        <SelectField key={c.header} label={c.header} value={c.field ?? ""} onChange={(e) => onPick(c.header, e.target.value)}>
          <option value="">{t("admin.import.field.none")}</option>
          {offered.map((f) => (
            <option key={f} value={f}>
              {t(`admin.import.field.${f}`)}
            </option>
          ))}
          {/* What the server took it for, though this person may not import it: it refuses, and says so. */}
          {c.field && !offered.includes(c.field as Field) && <option value={c.field}>{t(`admin.import.field.${c.field as Field}`)}</option>}
        </SelectField>
      ))}
    </div>
  );
}

type Action = "faulty" | "create" | "update" | "same";
const actions: Action[] = ["faulty", "create", "update", "same"];
const tones: Record<Action, Tone> = { faulty: "danger", create: "ok", update: "accent", same: "neutral" };

/** How many lines are drawn before somebody asks for more. */
const atFirst = 30;

/** What would become of the lines of a file: counts to choose from, and the first lines, faulty ones before others. */
export function Lines({ plan }: { plan: Import }) {
  const [only, setOnly] = useState<Action | "">("");
  const chosen = only && plan[only] > 0 ? only : "";
  const [shown, setShown] = useState(atFirst);
  const known = chosen ? plan.lines.filter((l) => l.action === chosen) : plan.lines.toSorted((a, b) => Number(b.action === "faulty") - Number(a.action === "faulty"));
  const lines = known.slice(0, shown);
  const total = chosen ? plan[chosen] : plan.rows;
  return (
    <>
      <div className="tabs" role="group" aria-label={t("admin.import.lines")}>
        <button type="button" className="tab" aria-pressed={chosen === ""} onClick={() => setOnly("")}>
          {t("admin.import.all")} <span className="num">{number(plan.rows)}</span>
        </button>
        {actions
          .filter((a) => plan[a] > 0)
          .map((a) => (
            <button key={a} type="button" className="tab" aria-pressed={chosen === a} onClick={() => setOnly(a)}>
              {t(`admin.import.action.${a}`)} <span className="num">{number(plan[a])}</span>
            </button>
          ))}
      </div>
      <ul aria-label={t("admin.import.lines")}>
        {lines.map((l) => (
          <li key={l.line} className="line-item import-line">
            <span className="meta">
              <span className="vh">{t("admin.import.line")} </span>
              {l.line}
            </span>
            <span className="grow">
              <span className="strong">{l.name || l.address || t("admin.import.nobody")}</span>
              {l.name && <span className="meta">{l.address}</span>}
              <Problems of={l.problems} />
            </span>
            <Badge tone={tones[l.action]}>{t(`admin.import.action.${l.action}`)}</Badge>
          </li>
        ))}
      </ul>
      {lines.length < known.length ? (
        <p>
          <Button onClick={() => setShown(shown + 100)}>{t("app.more")}</Button>
        </p>
      ) : (
        known.length < total && <p className="meta">{tn("admin.import.more", total - known.length)}</p>
      )}
    </>
  );
}

/** What is wrong with a line. */
export function Problems({ of }: { of: readonly string[] }) {
  return of.map((p) => (
    <span key={p} className="import-problem" data-tone="danger">
      <Icon of={CircleAlert} small />
      {p}
    </span>
  ));
}
