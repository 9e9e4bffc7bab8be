import "@/sharing/badges.css";
import "@/sharing/sharing.css";
import "./policy.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { ApiError, call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { RowMenu, RowName, useDo } from "@/desk/parts";
import { pickerLabel } from "@/sharing/DraftTerms";
import { Picker } from "@/sharing/Picker";
import { type ShareTemplate, shareTemplates } from "@/sharing/api";
import { type Choice, type Flag, type Level, keyOf, levelName, levels } from "@/sharing/model";
import { useMe } from "@/app/session";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { SelectField, TextArea, TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { MenuItem } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { Table } from "@/ui/Table";
import { Guarded, useOnce } from "./ui";

const flags: { flag: Flag; label: "sharing.flag.see_internal" | "sharing.flag.reply_public" | "sharing.flag.forward" | "sharing.flag.can_reshare" }[] = [
  { flag: "see_internal", label: "sharing.flag.see_internal" },
  { flag: "reply_public", label: "sharing.flag.reply_public" },
  { flag: "can_reshare", label: "sharing.flag.can_reshare" },
  { flag: "forward", label: "sharing.flag.forward" },
];

/** Shares that are made again and again, such as "Involve HR". */
export function ShareTemplates() {
  return (
    <Guarded permissions={["shares.manage"]} title={t("app.admin.share_templates")}>
      <Templates />
    </Guarded>
  );
}

const hours = (n: number) => (n % 24 === 0 ? (n === 24 ? t("sharing.end.day") : t("sharing.end.days", { count: n / 24 })) : t("admin.share_template.hours", { count: n }));

function Templates() {
  const list = useQuery(shareTemplates);
  const rows = list.data ?? [];
  const [edit, setEdit] = useState<ShareTemplate | "new">();
  const [gone, setGone] = useState<ShareTemplate>();
  const doIt = useDo(shareTemplates.queryKey);
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEdit("new")}>
      {t("admin.share_template.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.share_templates")} lead={t("admin.share_template.lead")} actions={add}>
      <Table
        label={t("app.admin.share_templates")}
        list={list}
        rows={rows}
        id={(x) => x.id}
        empty={
          <Empty title={t("admin.share_template.empty")} action={add}>
            {t("admin.share_template.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("desk.name"), cell: (x) => <RowName name={x.name} under={x.reason || x.note} onOpen={() => setEdit(x)} /> },
          { label: t("admin.share_template.with"), cell: (x) => x.targets.map((y) => (y.active ? y.name : t("admin.share_template.inactive", { name: y.name }))).join(", ") },
          { label: t("admin.share_template.terms"), cell: (x) => [x.level ? levelName(x.level) : t("admin.share_template.usual"), x.expiry_hours ? hours(x.expiry_hours) : ""].filter(Boolean).join(", ") },
        ]}
        end={(x) => (
          <RowMenu name={x.name}>
            <MenuItem icon={Pencil} onSelect={() => setEdit(x)}>
              {t("app.edit")}
            </MenuItem>
            <MenuItem icon={Trash2} danger onSelect={() => setGone(x)}>
              {t("app.delete")}
            </MenuItem>
          </RowMenu>
        )}
      />
      {edit && <TemplateForm of={edit === "new" ? undefined : edit} onClose={() => setEdit(undefined)} />}
      <Confirm
        open={!!gone}
        onClose={() => setGone(undefined)}
        title={t("admin.share_template.delete", { name: gone?.name ?? "" })}
        action={t("app.delete")}
        onConfirm={async () => gone && (await call(client.DELETE("/share-templates/{id}", { params: { path: { id: gone.id } } })), doIt(async () => undefined))}
      >
        <p>{t("admin.share_template.delete_text")}</p>
      </Confirm>
    </Page>
  );
}

const choiceOf = ({ kind, id, name }: ShareTemplate["targets"][number]): Choice => ({ kind, id, name, address: null, members: null, access: null, shared: false });

function TemplateForm({ of, onClose }: { of: ShareTemplate | undefined; onClose: () => void }) {
  const { settings } = useMe();
  const queries = useQueryClient();
  const header = useOnce();
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(of?.name ?? "");
  const [chosen, choose] = useState<Choice[]>(of?.targets.map(choiceOf) ?? []);
  const [level, setLevel] = useState<Level | "">(of?.level ?? "");
  const [set, setFlags] = useState<Record<Flag, boolean | null>>({
    see_internal: of?.see_internal ?? null, reply_public: of?.reply_public ?? null, forward: of?.forward ?? null, can_reshare: of?.can_reshare ?? null,
  });
  const [expiry, setExpiry] = useState(of?.expiry_hours ? String(of.expiry_hours) : "");
  const [reason, setReason] = useState(of?.reason ?? "");
  const [note, setNote] = useState(of?.note ?? "");
  const [faults, setFaults] = useState<Record<string, string>>({});
  const save = async () => {
    setFaults({});
    const body = { name, targets: chosen.map(({ kind, id }) => ({ kind, id })), level: level || null, ...set, expiry_hours: expiry ? Number(expiry) : null, reason, note };
    try {
      await (of ? call(client.PATCH("/share-templates/{id}", { params: { path: { id: of.id } }, body })) : call(client.POST("/share-templates", { headers: header(body), body })));
    } catch (error) {
      if (error instanceof ApiError) {
        const at = (location: string) => chosen[Number(/targets\[(\d+)\]/.exec(location)?.[1] ?? -1)];
        setFaults(Object.fromEntries(error.faults.flatMap((f) => (at(f.location) ? [[keyOf(at(f.location)!), f.message]] : []))));
      }
      throw error;
    }
    await queries.invalidateQueries({ queryKey: shareTemplates.queryKey });
  };
  return (
    <FormDialog title={t(of ? "admin.share_template.edit" : "admin.share_template.new")} onClose={onClose} onSave={save} fields={["name", "level", "expiry_hours", "reason", "note"]} width={640}>
      {(about) => (
        <>
          <TextField label={t("desk.name")} hint={t("admin.share_template.name_hint")} value={name} required maxLength={100} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <Picker number={0} chosen={chosen} onChange={choose} faults={faults} inputRef={input} label={pickerLabel(settings)} />
          <div className="adm-pair">
            <SelectField label={t("sharing.level")} value={level} error={about("level")} onChange={(e) => setLevel(e.target.value as Level | "")}>
              <option value="">{t("admin.share_template.usual")}</option>
              {levels.map((l) => (
                <option key={l} value={l}>
                  {levelName(l)}
                </option>
              ))}
            </SelectField>
            <TextField label={t("admin.share_template.expiry")} hint={t("admin.share_template.expiry_hint")} type="number" min={1} max={87_600} value={expiry} error={about("expiry_hours")} onChange={(e) => setExpiry(e.target.value)} />
          </div>
          <fieldset className="policy-part">
            <legend className="label">{t("sharing.flags")}</legend>
            <div className="policy-flags">
              {flags.map(({ flag, label }) => (
                <SelectField key={flag} label={t(label)} value={set[flag] === null ? "" : String(set[flag])} onChange={(e) => setFlags({ ...set, [flag]: e.target.value === "" ? null : e.target.value === "true" })}>
                  <option value="">{t("admin.share_template.usual")}</option>
                  <option value="true">{t("app.yes")}</option>
                  <option value="false">{t("app.no")}</option>
                </SelectField>
              ))}
            </div>
          </fieldset>
          <TextArea label={t("sharing.reason.optional")} rows={2} maxLength={1000} value={reason} error={about("reason")} onChange={(e) => setReason(e.target.value)} />
          <TextArea label={t("sharing.note")} hint={t("sharing.note.hint")} rows={3} maxLength={5000} value={note} error={about("note")} onChange={(e) => setNote(e.target.value)} />
        </>
      )}
    </FormDialog>
  );
}
