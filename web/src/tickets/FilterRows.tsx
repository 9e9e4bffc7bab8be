import { Plus, X } from "lucide-react";
import { t } from "@/app/i18n";
import { Button, IconButton } from "@/ui/Button";
import { Select, WordsField } from "@/ui/Field";
import { Pick, type Pickable, type Source } from "./Pick";
import type { Field } from "./api";
import { type Leaf, type List, type Node, type Path, type Value, begin, isList, mostDeep, takesNone, takesSeveral, takesSpan, turn, unfilled } from "./condition";
import { choiceName, fieldName, opName } from "./filterWords";

export type Edit = {
  fields: readonly Field[];
  /** Changes the node at a place; undefined takes it away. */
  put: (path: Path, change: (node: Node) => Node | undefined) => void;
  /** What the server says about a place; "" for nothing. */
  fault: (path: Path) => string;
  /** No more conditions fit in. */
  full: boolean;
  /** Nobody in particular asks, so "me" and "mine" mean nothing. */
  nobody?: boolean;
};

/** A list of conditions, all or any of which have to hold, with lists inside it. */
export function ListRows({ list, path, edit }: { list: List; path: Path; edit: Edit }) {
  const add = (node: Node) => edit.put(path, (old) => (isList(old) ? { ...old, items: [...old.items, node] } : old));
  const first = edit.fields.find((f) => f.key === "status") ?? edit.fields[0];
  if (!first) return null;
  const fault = path.length > 0 ? edit.fault(path) : "";
  return (
    <fieldset className="filter-list" data-depth={path.length}>
      <legend className="vh">{t(path.length ? "tickets.filter.inner" : "tickets.filter.title")}</legend>
      <div className="filter-head">
        <Select aria-label={t("tickets.filter.match")} value={list.kind} onChange={(e) => edit.put(path, (old) => (isList(old) ? { ...old, kind: e.target.value as "all" | "any" } : old))}>
          <option value="all">{t("tickets.filter.all")}</option>
          <option value="any">{t("tickets.filter.any")}</option>
        </Select>
        {path.length > 0 && <IconButton icon={X} label={t("tickets.filter.remove_list")} className="push" onClick={() => edit.put(path, () => undefined)} />}
      </div>
      {fault && (
        <p className="error" role="alert" data-tone="danger">
          {fault}
        </p>
      )}
      {list.items.map((node, i) => {
        const place = [...path, i];
        // oxlint-disable-next-line react/no-array-index-key -- a condition is its place
        return isList(node) ? <ListRows key={i} list={node} path={place} edit={edit} /> : <LeafRow key={i} leaf={node} path={place} edit={edit} />;
      })}
      <div className="cluster">
        <Button size="sm" kind="quiet" icon={Plus} reason={edit.full ? t("tickets.filter.full") : undefined} onClick={() => add(begin(first))}>
          {t("tickets.filter.add")}
        </Button>
        {path.length < mostDeep - 1 && (
          <Button size="sm" kind="quiet" icon={Plus} reason={edit.full ? t("tickets.filter.full") : undefined} onClick={() => add({ kind: list.kind === "all" ? "any" : "all", items: [begin(first)] })}>
            {t("tickets.filter.add_list")}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

const groupsOf: [string, RegExp][] = [
  ["ticket", /^(number|subject|text|status|own_status|state|priority|type|tags|inbox|brand|group|department|private|via|messages|has_attachment)$/],
  ["people", /^(assignee|requester|requester_.*|company|creator|cc|follower)$/],
  ["sharing", /^(shared_.*|share_.*|is_shared|has_link|partner_.*|orphaned)$/],
  ["sla", /^sla_/],
  ["dates", /^(created|updated|solved)$/],
  ["own", /^field:/],
];
/** What only rules ask about: what has just happened to the ticket, and how often. */
const happened = (key: string) => groupsOf.every(([, fits]) => !fits.test(key));

function LeafRow({ leaf, path, edit }: { leaf: Leaf; path: Path; edit: Edit }) {
  const field = edit.fields.find((f) => f.key === leaf.field);
  const fault = edit.fault(path);
  const set = (next: Leaf) => edit.put(path, () => next);
  return (
    <div className="filter-row" data-fault={!!fault || undefined} role="group" aria-label={t("tickets.filter.condition", { n: (path.at(-1) ?? 0) + 1 })}>
      <div className="cond">
        <Select
          aria-label={t("tickets.filter.field")}
          value={field ? leaf.field : ""}
          aria-invalid={!field || undefined}
          onChange={(e) => {
            const next = edit.fields.find((f) => f.key === e.target.value);
            if (next) set(begin(next));
          }}
        >
          {!field && <option value="">{t("tickets.filter.unknown")}</option>}
          {groupsOf.map(([group, fits]) => (
            <optgroup key={group} label={t(`tickets.filter.group.${group}` as "tickets.filter.group.own")}>
              {edit.fields
                .filter((f) => fits.test(f.key))
                .map((f) => (
                  <option key={f.key} value={f.key}>
                    {fieldName(f)}
                  </option>
                ))}
            </optgroup>
          ))}
          {edit.fields.some((f) => happened(f.key)) && (
            <optgroup label={t("tickets.filter.group.happened")}>
              {edit.fields
                .filter((f) => happened(f.key))
                .map((f) => (
                  <option key={f.key} value={f.key}>
                    {fieldName(f)}
                  </option>
                ))}
            </optgroup>
          )}
        </Select>
        {field && (
          <Select aria-label={t("tickets.filter.operator")} value={leaf.op} onChange={(e) => set(turn(leaf, field, e.target.value))}>
            {field.operators.map((op) => (
              <option key={op} value={op}>
                {opName(field, op)}
              </option>
            ))}
          </Select>
        )}
        {field && !takesNone(leaf.op) && <ValueField field={field} leaf={leaf} nobody={!!edit.nobody} invalid={!!fault} onChange={(value) => set({ ...leaf, value })} />}
        <IconButton icon={X} label={t("tickets.filter.remove")} onClick={() => edit.put(path, () => undefined)} />
      </div>
      {fault ? (
        <p className="error" role="alert" data-tone="danger">
          {fault}
        </p>
      ) : (
        unfilled(leaf) && <p className="hint">{t("tickets.filter.unfilled")}</p>
      )}
    </div>
  );
}

const sources: Record<string, Source> = { assignee: "agent", follower: "agent", creator: "person", requester: "person", cc: "person", shared_with_agent: "agent", shared_by: "agent" };

function ValueField({ field, leaf, nobody, invalid, onChange }: { field: Field; leaf: Leaf; nobody: boolean; invalid: boolean; onChange: (value: Value) => void }) {
  const label = t("tickets.filter.value", { field: fieldName(field) });
  const several = takesSeveral(leaf.op);
  const many = Array.isArray(leaf.value) ? leaf.value : leaf.value === undefined || leaf.value === null || leaf.value === "" ? [] : [leaf.value as string | number];
  const one = Array.isArray(leaf.value) || (typeof leaf.value === "object" && leaf.value) ? "" : String(leaf.value ?? "");
  const common = { "aria-label": label, "aria-invalid": invalid || undefined } as const;
  const picked = (value: (string | number)[]) => onChange(several ? value : (value[0] ?? ""));

  if (takesSpan(leaf.op)) return <SpanField label={label} value={leaf.value} onChange={onChange} />;
  if (field.type === "person" || field.type === "company") {
    const me: Pickable[] = field.type === "person" && !nobody ? [{ value: "me", name: t("tickets.filter.me"), kind: "person" }] : [];
    return <Pick label={label} choices={me} source={field.type === "company" ? "company" : (sources[field.key] ?? "person")} several={several} value={many} onChange={picked} invalid={invalid} />;
  }
  if (field.type === "boolean")
    return (
      <Select {...common} value={String(leaf.value ?? true)} onChange={(e) => onChange(e.target.value === "true")}>
        <option value="true">{t("app.yes")}</option>
        <option value="false">{t("app.no")}</option>
      </Select>
    );
  const choices: Pickable[] = [
    ...(field.type === "group" && !nobody ? [{ value: "mine", name: t("tickets.filter.mine"), kind: "group" as const }] : []),
    ...field.choices.map((c) => ({ value: c.value as string | number, name: choiceName(field, c), ...(field.type === "group" ? { kind: "group" as const } : {}) })),
  ];
  if (choices.length > 0) {
    if (several) return <Pick label={label} choices={choices} several value={many} onChange={picked} invalid={invalid} />;
    return (
      <Select {...common} value={one} onChange={(e) => onChange(choices.find((c) => String(c.value) === e.target.value)?.value ?? "")}>
        {!choices.some((c) => String(c.value) === one) && <option value={one}>{t("tickets.filter.unknown")}</option>}
        {choices.map((c) => (
          <option key={c.value} value={String(c.value)}>
            {c.name}
          </option>
        ))}
      </Select>
    );
  }
  if (field.type === "tags") return <WordsField label={label} bare words={many.map(String)} onChange={onChange} placeholder={t("tickets.filter.tags")} />;
  if (field.type === "number" && several)
    return <WordsField label={label} bare words={many.map(String)} onChange={(words) => onChange(words.map(Number).filter((n) => Number.isFinite(n)))} placeholder={t("tickets.filter.numbers")} />;
  if (several) return <WordsField label={label} bare words={many.map(String)} onChange={onChange} />;
  if (field.type === "date") return <DateField label={label} value={one} onChange={onChange} />;
  return (
    <input
      {...common}
      className="input"
      type={field.type === "number" ? "number" : "text"}
      value={one}
      onChange={(e) => onChange(field.type === "number" ? (e.target.value === "" ? "" : Number(e.target.value)) : e.target.value)}
    />
  );
}

function SpanField({ label, value, onChange }: { label: string; value: Value | undefined; onChange: (value: Value) => void }) {
  const span = typeof value === "object" && value && !Array.isArray(value) ? value : { days: 7 };
  const [unit, n] = "hours" in span ? (["hours", span.hours] as const) : (["days", span.days] as const);
  const give = (u: "days" | "hours", amount: number) => onChange(u === "days" ? { days: amount } : { hours: amount });
  return (
    <>
      <input className="input filter-short" type="number" min={1} aria-label={label} value={n} onChange={(e) => give(unit, Math.max(1, Number(e.target.value)))} />
      <Select aria-label={t("tickets.filter.unit")} value={unit} onChange={(e) => give(e.target.value as "days" | "hours", n)}>
        <option value="days">{t("tickets.filter.days")}</option>
        <option value="hours">{t("tickets.filter.hours")}</option>
      </Select>
    </>
  );
}

/** A day, or a moment where a time is given: the server counts days in UTC, and a moment is the reader's own. */
function DateField({ label, value, onChange }: { label: string; value: string; onChange: (value: Value) => void }) {
  const timed = value.includes("T");
  const own = timed ? new Date(new Date(value).getTime() - new Date(value).getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : value;
  return (
    <>
      <input
        className="input filter-date"
        type={timed ? "datetime-local" : "date"}
        aria-label={label}
        value={own}
        onChange={(e) => onChange(timed && e.target.value ? new Date(e.target.value).toISOString().replace(".000Z", "Z") : e.target.value)}
      />
      <label className="option">
        <input type="checkbox" className="check" checked={timed} onChange={(e) => onChange(e.target.checked ? `${value || new Date().toISOString().slice(0, 10)}T09:00:00Z` : value.slice(0, 10))} />
        {t("tickets.filter.time")}
      </label>
    </>
  );
}
