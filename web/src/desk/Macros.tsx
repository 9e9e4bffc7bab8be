import { useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Globe, Lock, Pencil, Plus, Search, Trash2, Users } from "lucide-react";
import { useDeferredValue, useRef, useState } from "react";
import { ActionRows } from "@/actions/ActionRows";
import type { Macro } from "@/actions/macros";
import { type Action, type Keyed, keyed, unfinished } from "@/actions/model";
import { say, useNames } from "@/actions/names";
import { ApiError, call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { useMay } from "@/app/session";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Check, SelectField, Switch, TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { Icon } from "@/ui/Icon";
import { MenuItem } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { Table, usePages } from "@/ui/Table";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { useGroups } from "./lists";
import { RowMenu, RowName, useDo } from "./parts";

const key = ["macros"];
const byId = (id: number) => ({ params: { path: { id } } });

/** What is done to tickets again and again, under a name: one's own macros, a group's, everybody's. */
export function Macros() {
  const [q, setQ] = useState("");
  const asked = useDeferredValue(q.trim());
  const list = usePages([...key, "list", asked], (cursor) => call(client.GET("/macros", { params: { query: { ...cursor, ...(asked ? { q: asked } : {}) } } })));
  const names = useNames(list.items.flatMap((m) => m.actions as Action[]));
  const [edit, setEdit] = useState<Macro | "new">();
  const [gone, setGone] = useState<Macro>();
  const doIt = useDo(key);
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEdit("new")}>
      {t("desk.macros.new")}
    </Button>
  );
  const switchIt = (m: Macro, enabled: boolean) => void doIt(() => call(client.PATCH("/macros/{id}", { ...byId(m.id), body: { enabled } })));
  const own = list.items.filter((m) => m.can_change);
  const swap = (m: Macro, by: number) => {
    const other = own[own.indexOf(m) + by];
    if (other) void doIt(() => call(client.PUT("/macros/order", { body: { ids: by < 0 ? [m.id, other.id] : [other.id, m.id] } })));
  };
  return (
    <Page title={t("app.admin.macros")} lead={t("desk.macros.lead")} actions={add}>
      <span className="input-icon desk-search" role="search">
        <Icon of={Search} />
        <input className="input" type="search" aria-label={t("desk.macros.search")} placeholder={t("desk.macros.search")} value={q} maxLength={200} onChange={(e) => setQ(e.target.value)} />
      </span>
      <Table
        label={t("app.admin.macros")}
        list={list}
        rows={list.items}
        id={(m) => m.id}
        empty={
          asked ? (
            <Empty title={t("desk.macros.not_found")} drawing="search" />
          ) : (
            <Empty title={t("desk.macros.empty")} action={add}>
              {t("desk.macros.empty_text")}
            </Empty>
          )
        }
        columns={[
          { label: t("desk.name"), cell: (m) => <RowName name={m.name} under={m.description || (m.actions as Action[]).map((a) => say(a, names)).join(" · ")} onOpen={m.can_change ? () => setEdit(m) : undefined} /> },
          { label: t("desk.snippets.for"), cell: (m) => <For of={m} /> },
          { label: t("desk.changed"), cell: (m) => <When at={m.updated_at} />, nowrap: true },
          { label: t("desk.macros.on"), cell: (m) => <Switch label={t("desk.macros.on_name", { name: m.name })} checked={m.enabled} disabled={!m.can_change} onChange={(e) => switchIt(m, e.target.checked)} /> },
        ]}
        end={(m) =>
          m.can_change && (
            <RowMenu name={m.name}>
              <MenuItem icon={Pencil} onSelect={() => setEdit(m)}>
                {t("app.edit")}
              </MenuItem>
              {!asked && own.indexOf(m) > 0 && (
                <MenuItem icon={ArrowUp} onSelect={() => swap(m, -1)}>
                  {t("desk.macros.up")}
                </MenuItem>
              )}
              {!asked && own.indexOf(m) < own.length - 1 && (
                <MenuItem icon={ArrowDown} onSelect={() => swap(m, 1)}>
                  {t("desk.macros.down")}
                </MenuItem>
              )}
              <MenuItem icon={Trash2} danger onSelect={() => setGone(m)}>
                {t("app.delete")}
              </MenuItem>
            </RowMenu>
          )
        }
      />
      {edit && <MacroForm of={edit === "new" ? undefined : edit} onClose={() => setEdit(undefined)} />}
      <Confirm
        open={!!gone}
        onClose={() => setGone(undefined)}
        title={t("desk.snippets.delete", { name: gone?.name ?? "" })}
        action={t("app.delete")}
        onConfirm={async () => gone && (await call(client.DELETE("/macros/{id}", byId(gone.id))), doIt(async () => undefined))}
      >
        <p>{t("desk.macros.delete_text")}</p>
      </Confirm>
    </Page>
  );
}

function For({ of: m }: { of: Macro }) {
  if (m.scope === "everyone") return <Badge icon={Globe}>{t("desk.snippets.everyone")}</Badge>;
  if (m.scope === "group") return <Badge icon={Users}>{m.group_name ?? t("desk.snippets.group")}</Badge>;
  return <Badge icon={Lock}>{t("desk.snippets.private")}</Badge>;
}

function MacroForm({ of, onClose }: { of: Macro | undefined; onClose: () => void }) {
  const queries = useQueryClient();
  const groups = useGroups();
  const shares = useMay("macros.manage");
  const [name, setName] = useState(of?.name ?? "");
  const [description, setDescription] = useState(of?.description ?? "");
  const [enabled, setEnabled] = useState(of?.enabled ?? true);
  const [scope, setScope] = useState<Macro["scope"]>(of?.scope ?? "private");
  const [group, setGroup] = useState(of?.group ?? 0);
  const [actions, setActions] = useState<Keyed[]>(() => ((of?.actions ?? []) as Action[]).map(keyed));
  const [faults, setFaults] = useState<{ location: string; message: string }[]>([]);
  const [leaving, setLeaving] = useState(false);
  const now = JSON.stringify([name, description, enabled, scope, group, actions.map((k) => k.action)]);
  const start = useRef(now);
  const saved = useRef(false);

  const save = async () => {
    const body = { name, description, enabled, scope, group: scope === "group" ? group || (groups[0]?.id ?? null) : null, actions: actions.map((k) => k.action) as Record<string, unknown>[] };
    try {
      await (of ? call(client.PATCH("/macros/{id}", { ...byId(of.id), body })) : call(client.POST("/macros", { body })));
    } catch (error) {
      setFaults(error instanceof ApiError ? error.faults.map((f) => ({ location: f.location.replace(/^body\./, ""), message: f.message })) : []);
      throw error;
    }
    saved.current = true;
    void queries.invalidateQueries({ queryKey: key });
  };
  const close = () => (saved.current || now === start.current ? onClose() : setLeaving(true));
  const fault = (place: string) => faults.find((f) => f.location === place || f.location.startsWith(`${place}.`) || (place === "actions" && f.location.startsWith("actions")))?.message ?? "";
  const waits = actions.length === 0 || actions.some((k) => unfinished(k.action));
  return (
    <FormDialog title={of ? t("desk.macros.edit") : t("desk.macros.new")} onClose={close} onSave={save} fields={["name", "description", "scope", "group", "actions"]} width={720}>
      {(about) => (
        <>
          <div className="desk-pair">
            <TextField label={t("desk.name")} value={name} required maxLength={100} error={about("name")} onChange={(e) => setName(e.target.value)} />
            <TextField label={t("desk.macros.description")} value={description} maxLength={500} error={about("description")} onChange={(e) => setDescription(e.target.value)} />
          </div>
          {shares && (
            <div className="desk-pair">
              <SelectField label={t("desk.snippets.for")} value={scope} error={about("scope")} onChange={(e) => setScope(e.target.value as Macro["scope"])}>
                <option value="private">{t("desk.snippets.private")}</option>
                <option value="group">{t("desk.snippets.group")}</option>
                <option value="everyone">{t("desk.snippets.everyone")}</option>
              </SelectField>
              {scope === "group" && (
                <SelectField label={t("desk.snippets.which")} value={group || groups[0]?.id} error={about("group")} onChange={(e) => setGroup(Number(e.target.value))}>
                  {groups.map((g) => (
                    <option key={g.id} value={g.id}>
                      {g.name}
                    </option>
                  ))}
                </SelectField>
              )}
            </div>
          )}
          <fieldset className="desk-set">
            <legend className="label">{t("desk.macros.actions")}</legend>
            <ActionRows
              list={actions}
              fault={fault}
              onChange={(list) => {
                setActions(list);
                setFaults([]);
              }}
            />
            {waits && actions.length === 0 && <p className="hint">{t("desk.macros.needs_action")}</p>}
          </fieldset>
          <Check checked={enabled} onChange={(e) => setEnabled(e.target.checked)} hint={t("desk.macros.on_hint")}>
            {t("desk.macros.on")}
          </Check>
          <Confirm
            open={leaving}
            onClose={() => setLeaving(false)}
            title={t("desk.macros.leave")}
            action={t("desk.macros.discard")}
            onConfirm={async () => {
              saved.current = true;
              onClose();
            }}
          >
            <p>{t("desk.macros.leave_text")}</p>
          </Confirm>
        </>
      )}
    </FormDialog>
  );
}
