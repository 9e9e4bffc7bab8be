import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Ticket } from "@/api/queries";
import { type Key, t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { useActions } from "@/app/shortcuts";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Select, Switch, WordsField } from "@/ui/Field";
import { Choose, type Option } from "./Choose";
import { OwnFieldEdit } from "./OwnFieldEdit";
import { type Patch, departments, fields, findPeople, groups, inboxes } from "./api";
import { fieldName, fieldValue, priorityName, typeName } from "./describe";
import type { Saver } from "./useSaver";

const priorities = ["low", "normal", "high", "urgent"] as const;
const types = ["question", "incident", "problem", "task", "service_request", "change"] as const;

/** A line of the properties. A value that somebody else changes is lit for a moment. */
export function Prop({ label, value, own = false, children }: { label: string; value: string; own?: boolean; children: ReactNode }) {
  const before = useRef(value);
  const [lit, setLit] = useState(false);
  const mine = useRef(own);
  mine.current = own;
  useEffect(() => {
    if (before.current === value) return undefined;
    before.current = value;
    if (mine.current) return undefined;
    setLit(true);
    const timer = setTimeout(() => setLit(false), 2400);
    return () => clearTimeout(timer);
  }, [value]);
  return (
    <>
      <dt>{label}</dt>
      <dd data-lit={lit || undefined}>{children}</dd>
    </>
  );
}

/** What the ticket is: who works on it, how urgent it is, and the desk's own fields. */
export function Properties({ ticket, saver }: { ticket: Ticket; saver: Saver }) {
  const { number, rights } = ticket;
  const me = useMe().person;
  const { save, isOwn } = saver;
  const mayEdit = rights.includes("edit");
  const mayAssign = rights.includes("assign");
  const [assigning, setAssigning] = useState(false);
  const [tagging, setTagging] = useState(false);
  const boxes = useQuery({ ...inboxes, enabled: mayEdit && rights.includes("forward") }).data?.items ?? [];
  const rooms = useQuery({ ...departments, enabled: mayEdit }).data?.items ?? [];
  const own = useQuery(fields).data?.items ?? [];

  const nobody: Option = { id: 0, name: t("ticket.nobody") };
  const agents = async (q: string) => (await findPeople(q, "agent")).map((a): Option => ({ id: a.id, name: a.name }));
  const teams = useQuery({ ...groups, enabled: mayAssign }).data?.items ?? [];
  const findGroup = (q: string) => Promise.resolve(teams.filter((g) => g.name.toLowerCase().includes(q.toLowerCase())).map((g): Option => ({ id: g.id, name: g.name, kind: "group" })));
  const assign = (o: Option) => save({ assignee_id: o.id || null }, { assignee: o.id ? { id: o.id, name: o.name } : null }, o.name);
  const mine: Option = { id: me.id, name: me.name, hint: t("app.you") };

  useActions([
    ...(mayAssign ? [{ id: "assign", label: "ticket.action.assign" as Key, keys: "a", group: "ticket" as const, run: () => setAssigning(true) }] : []),
    ...(mayEdit ? [{ id: "tags", label: "ticket.action.tags" as Key, keys: "t", group: "ticket" as const, run: () => setTagging(true) }] : []),
  ]);
  const pick = (label: string, field: "priority" | "type", list: readonly string[], name: (v: string) => string) => (
    <Prop label={label} value={ticket[field]} own={isOwn(field)}>
      {mayEdit ? (
        <Select quiet aria-label={label} value={ticket[field]} onChange={(e) => void save({ [field]: e.target.value } as Patch, { [field]: e.target.value }, e.target.value)}>
          {list.map((v) => (
            <option key={v} value={v}>
              {name(v)}
            </option>
          ))}
        </Select>
      ) : (
        name(ticket[field])
      )}
    </Prop>
  );
  return (
    <section className="block" aria-labelledby="props-h">
      <div className="section-head">
        <h2 id="props-h">{t("ticket.properties")}</h2>
      </div>
      <ConflictAsk saver={saver} own={new Map(own.map((f) => [f.id, f.name]))} />
      <dl className="props">
        <Prop label={t("ticket.field.assignee")} value={ticket.assignee?.name ?? ""} own={isOwn("assignee")}>
          {mayAssign ? (
            <Choose label={t("ticket.field.assignee")} name={`agents ${number}`} value={ticket.assignee} find={agents} first={ticket.assignee ? [mine, nobody] : [mine]} open={assigning} onOpen={setAssigning} onChoose={(o) => void assign(o)} />
          ) : (
            <span className="clip">{ticket.assignee?.name ?? t("app.none")}</span>
          )}
        </Prop>
        <Prop label={t("ticket.field.group")} value={ticket.group?.name ?? ""} own={isOwn("group")}>
          {mayAssign ? (
            <Choose label={t("ticket.field.group")} name={`groups ${teams.length}`} value={ticket.group} find={findGroup} first={ticket.group ? [{ ...nobody, name: t("app.none") }] : []} onChoose={(o) => void save({ group_id: o.id || null }, { group: o.id ? { id: o.id, name: o.name } : null }, o.name)} />
          ) : (
            <span className="clip">{ticket.group?.name ?? t("app.none")}</span>
          )}
        </Prop>
        {pick(t("ticket.field.priority"), "priority", priorities, priorityName)}
        {pick(t("ticket.field.type"), "type", types, typeName)}
        <Prop label={t("ticket.field.inbox")} value={ticket.inbox.name} own={isOwn("inbox")}>
          {boxes.length > 0 ? (
            <Select quiet aria-label={t("ticket.field.inbox")} value={ticket.inbox.id} onChange={(e) => {
              const box = boxes.find((b) => b.id === Number(e.target.value));
              if (box) void save({ inbox_id: box.id }, { inbox: { id: box.id, name: box.name } }, box.name);
            }}>
              {!boxes.some((b) => b.id === ticket.inbox.id) && <option value={ticket.inbox.id}>{ticket.inbox.name}</option>}
              {boxes.filter((b) => b.active || b.id === ticket.inbox.id).map((b) => (
                <option key={b.id} value={b.id}>
                  {b.name}
                </option>
              ))}
            </Select>
          ) : (
            <span className="clip">{ticket.inbox.name}</span>
          )}
        </Prop>
        <Prop label={t("ticket.field.brand")} value={ticket.brand.name}>
          <span className="clip">{ticket.brand.name}</span>
        </Prop>
        {(rooms.length > 0 || ticket.department) && (
          <Prop label={t("ticket.field.department")} value={ticket.department?.name ?? ""} own={isOwn("department")}>
            {mayEdit && rooms.length > 0 ? (
              <Select quiet aria-label={t("ticket.field.department")} value={ticket.department?.id ?? ""} onChange={(e) => {
                const room = rooms.find((r) => r.id === Number(e.target.value));
                void save({ department_id: room?.id ?? null }, { department: room ? { id: room.id, name: room.name } : null }, room?.name);
              }}>
                <option value="">{t("app.none")}</option>
                {rooms.map((r) => (
                  <option key={r.id} value={r.id}>
                    {r.name}
                  </option>
                ))}
              </Select>
            ) : (
              <span className="clip">{ticket.department?.name ?? t("app.none")}</span>
            )}
          </Prop>
        )}
        <Prop label={t("ticket.field.tags")} value={ticket.tags.join(", ")} own={isOwn("tags")}>
          <Tags ticket={ticket} may={mayEdit} editing={tagging} onEditing={setTagging} onSave={(tags) => save({ tags }, { tags }, tags.join(", "))} />
        </Prop>
        {own
          .filter((f) => f.active || ticket.fields.some((v) => v.id === f.id))
          .map((f) => {
            const value = ticket.fields.find((v) => v.id === f.id)?.value ?? "";
            return (
              <Prop key={f.id} label={f.name} value={value} own={isOwn(`field:${f.id}`)}>
                <OwnFieldEdit key={value} field={f} value={value} may={mayEdit} onSave={(next) => {
                  const others = ticket.fields.filter((v) => v.id !== f.id);
                  const shown = next === null ? others : [...others, { id: f.id, name: f.name, kind: f.kind, value: String(next) }];
                  return save({ fields: { [f.id]: next } } as Patch, { fields: shown }, String(next ?? ""));
                }} />
              </Prop>
            );
          })}
        <Prop label={t("ticket.field.private")} value={String(ticket.private)} own={isOwn("private")}>
          {mayEdit ? <Switch label={t("ticket.private.hint")} checked={ticket.private} onChange={(e) => void save({ private: e.target.checked }, { private: e.target.checked }, String(e.target.checked))} /> : t(ticket.private ? "app.yes" : "app.no")}
        </Prop>
      </dl>
    </section>
  );
}

/** Two people set the same field: whose value stays is for this one to say. */
function ConflictAsk({ saver, own }: { saver: Saver; own: Map<number, string> }) {
  const c = saver.conflict;
  if (!c) return null;
  return (
    <div className="banner conflict" data-tone="warn" role="alert">
      <p>{t("ticket.conflict", { field: fieldName(c.field, own), theirs: fieldValue(c.field, c.theirs) || t("app.none") })}</p>
      <div className="cluster">
        <Button size="sm" onClick={saver.keepTheirs}>
          {t("ticket.conflict.theirs")}
        </Button>
        <Button size="sm" onClick={saver.useMine}>
          {t("ticket.conflict.mine", { mine: fieldValue(c.field, c.mine) || t("app.none") })}
        </Button>
      </div>
    </div>
  );
}

type TagsProps = { ticket: Ticket; may: boolean; editing: boolean; onEditing: (on: boolean) => void; onSave: (tags: string[]) => Promise<boolean> };

function Tags({ ticket, may, editing, onEditing, onSave }: TagsProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const e = box.current;
    if (!editing || !e) return undefined;
    e.querySelector("input")?.focus();
    const control = new AbortController();
    const { signal } = control;
    e.addEventListener("focusout", (f) => f.relatedTarget && !e.contains(f.relatedTarget as Node) && onEditing(false), { signal });
    e.addEventListener("keydown", (k) => k.key === "Escape" && (k.preventDefault(), onEditing(false)), { signal });
    return () => control.abort();
  }, [editing, onEditing]);
  if (editing && may) {
    return (
      <div ref={box} className="grow-1">
        <WordsField label={t("ticket.field.tags")} bare words={ticket.tags} onChange={(tags) => void onSave(tags)} placeholder={t("ticket.tags.add")} />
      </div>
    );
  }
  return (
    <span className="cluster">
      {ticket.tags.map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
      {may && (
        <button type="button" className="a meta-btn" onClick={() => onEditing(true)}>
          {ticket.tags.length ? t("app.edit") : t("app.add")}
          <span className="vh">: {t("ticket.field.tags")}</span>
        </button>
      )}
      {!may && ticket.tags.length === 0 && t("app.none")}
    </span>
  );
}
