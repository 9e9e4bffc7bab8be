import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Pencil, Plus, Power } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { type Key, t } from "@/app/i18n";
import { Button, IconButton } from "@/ui/Button";
import { Check, SelectField, TextField, WordsField } from "@/ui/Field";
import { MenuItem } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { Table } from "@/ui/Table";
import { FormDialog } from "@/ui/FormDialog";
import { typeName } from "@/ticket/describe";
import { State } from "./Brands";
import { RowMenu, RowName, useDo } from "./parts";

type OwnField = Schema<"OwnField">;
type Kind = OwnField["kind"];

const key = ["desk", "fields"];
const kinds: Kind[] = ["text", "number", "date", "choice", "checkbox"];
const uses: OwnField["portal"][] = ["none", "see", "fill", "edit"];
// What requesters file.
const forms = ["question", "incident", "service_request"] as const;
const kindName = (kind: Kind) => t(`desk.fields.kind.${kind}` as Key);
const change = (id: number, body: Schema<"FieldPatch">) => call(client.PATCH("/ticket-fields/{id}", { params: { path: { id } }, body }));

/** The desk's own ticket fields, in the order in which a ticket shows them. */
export function Fields() {
  const list = useQuery({ queryKey: key, queryFn: () => call(client.GET("/ticket-fields")) });
  const rows = list.data?.items ?? [];
  const [edit, setEdit] = useState<OwnField | "new">();
  const doIt = useDo(key);
  // Positions may have gaps or be alike: the order is written anew as far as it changes.
  const move = (from: number, to: number) => {
    const order = [...rows];
    const [moved] = order.splice(from, 1);
    if (moved) order.splice(to, 0, moved);
    return doIt(() => Promise.all(order.map((f, i) => (f.position === i + 1 ? undefined : change(f.id, { position: i + 1 })))));
  };
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEdit("new")}>
      {t("desk.fields.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.fields")} lead={t("desk.fields.lead")} actions={add}>
      <Table
        label={t("app.admin.fields")}
        list={list}
        rows={rows}
        id={(f) => f.id}
        off={(f) => !f.active}
        empty={
          <Empty title={t("desk.fields.empty")} action={add}>
            {t("desk.fields.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("desk.name"), cell: (f) => <RowName name={f.name} under={[f.options.join(", "), f.portal === "none" ? "" : t(`desk.fields.portal.${f.portal}`)].filter(Boolean).join(" · ")} onOpen={() => setEdit(f)} /> },
          { label: t("desk.fields.kind"), cell: (f) => kindName(f.kind) },
          { label: t("desk.fields.required"), cell: (f) => (f.required ? t("desk.fields.required_yes") : "") },
          { label: t("desk.state"), cell: (f) => <State active={f.active} /> },
        ]}
        end={(f) => {
          const at = rows.indexOf(f);
          return (
            <>
              {at > 0 && <IconButton icon={ArrowUp} label={t("desk.fields.up", { name: f.name })} onClick={() => void move(at, at - 1)} />}
              {at < rows.length - 1 && <IconButton icon={ArrowDown} label={t("desk.fields.down", { name: f.name })} onClick={() => void move(at, at + 1)} />}
              <RowMenu name={f.name}>
                <MenuItem icon={Pencil} onSelect={() => setEdit(f)}>
                  {t("app.edit")}
                </MenuItem>
                <MenuItem icon={Power} onSelect={() => void doIt(() => change(f.id, { active: !f.active }), f.active ? t("desk.fields.turned_off", { name: f.name }) : t("desk.turned_on", { name: f.name }))}>
                  {f.active ? t("desk.turn_off") : t("desk.turn_on")}
                </MenuItem>
              </RowMenu>
            </>
          );
        }}
      />
      {edit && <FieldForm of={edit === "new" ? undefined : edit} last={rows.at(-1)?.position ?? 0} onClose={() => setEdit(undefined)} />}
    </Page>
  );
}

function FieldForm({ of, last, onClose }: { of: OwnField | undefined; last: number; onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(of?.name ?? "");
  const [kind, setKind] = useState<Kind>(of?.kind ?? "text");
  const [options, setOptions] = useState(of?.options ?? []);
  const [required, setRequired] = useState(of?.required ?? false);
  const [portal, setPortal] = useState(of?.portal ?? "none");
  const [types, setTypes] = useState(of?.types ?? []);
  const save = async () => {
    const body = { name, required, portal, types, ...(kind === "choice" ? { options } : {}) };
    await (of ? change(of.id, body) : call(client.POST("/ticket-fields", { body: { ...body, kind, position: last + 1 } })));
    void queries.invalidateQueries({ queryKey: key });
  };
  const inForm = portal === "fill" || portal === "edit";
  const gone = of?.options.filter((o) => !options.includes(o)) ?? [];
  return (
    <FormDialog title={of ? t("desk.fields.edit") : t("desk.fields.new")} onClose={onClose} onSave={save} fields={["name", "kind", "options", "portal", "types"]}>
      {(about) => (
        <>
          <TextField label={t("desk.name")} value={name} required maxLength={100} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <SelectField label={t("desk.fields.kind")} hint={t("desk.fields.kind_hint")} value={kind} disabled={!!of} error={about("kind")} onChange={(e) => setKind(e.target.value as Kind)}>
            {kinds.map((k) => (
              <option key={k} value={k}>
                {kindName(k)}
              </option>
            ))}
          </SelectField>
          {kind === "choice" && <WordsField label={t("desk.fields.options")} hint={gone.length ? t("desk.fields.options_gone", { names: gone.join(", ") }) : t("desk.fields.options_hint")} words={options} error={about("options")} onChange={setOptions} />}
          <Check checked={required} onChange={(e) => setRequired(e.target.checked)}>
            {inForm ? t("desk.fields.required_portal") : t("desk.fields.required_hint")}
          </Check>
          <SelectField label={t("desk.fields.portal")} hint={portal === "edit" ? t("desk.fields.portal_hint") : undefined} value={portal} error={about("portal")} onChange={(e) => setPortal(e.target.value as OwnField["portal"])}>
            {uses.map((use) => (
              <option key={use} value={use}>
                {t(`desk.fields.portal.${use}` as Key)}
              </option>
            ))}
          </SelectField>
          {inForm && (
            <fieldset className="desk-set">
              <legend className="label">{t("desk.fields.types")}</legend>
              <div className="desk-options">
                {forms.map((type) => (
                  <Check key={type} checked={types.includes(type)} onChange={(e) => setTypes(e.target.checked ? [...types, type] : types.filter((o) => o !== type))}>
                    {typeName(type)}
                  </Check>
                ))}
              </div>
              <p className="hint">{t("desk.fields.types_hint")}</p>
            </fieldset>
          )}
        </>
      )}
    </FormDialog>
  );
}
