import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { type Key, t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { SelectField, TextField } from "@/ui/Field";
import { MenuItem } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { Table } from "@/ui/Table";
import { FormDialog } from "@/ui/FormDialog";
import { RowMenu, RowName, useDo } from "./parts";

type OwnStatus = Schema<"OwnStatus">;
type BuiltIn = OwnStatus["status"];

const key = ["desk", "statuses"];
const builtIn: BuiltIn[] = ["new", "open", "pending", "on_hold", "solved", "closed"];
const statusName = (s: BuiltIn) => t(`desk.status.${s}` as Key);

/** The desk's own names for where a ticket stands. */
export function Statuses() {
  const list = useQuery({ queryKey: key, queryFn: () => call(client.GET("/ticket-statuses")) });
  const [edit, setEdit] = useState<OwnStatus | "new">();
  const [gone, setGone] = useState<OwnStatus>();
  const doIt = useDo(key);
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEdit("new")}>
      {t("desk.statuses.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.statuses")} lead={t("desk.statuses.lead")} actions={add}>
      <Table
        label={t("app.admin.statuses")}
        list={list}
        rows={list.data?.items ?? []}
        id={(s) => s.id}
        empty={
          <Empty title={t("desk.statuses.empty")} action={add}>
            {t("desk.statuses.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("desk.name"), cell: (s) => <RowName name={s.name} onOpen={() => setEdit(s)} /> },
          { label: t("desk.statuses.stands_for"), cell: (s) => statusName(s.status) },
        ]}
        end={(s) => (
          <RowMenu name={s.name}>
            <MenuItem icon={Pencil} onSelect={() => setEdit(s)}>
              {t("app.edit")}
            </MenuItem>
            <MenuItem icon={Trash2} danger onSelect={() => setGone(s)}>
              {t("app.delete")}
            </MenuItem>
          </RowMenu>
        )}
      />
      {edit && <StatusForm of={edit === "new" ? undefined : edit} onClose={() => setEdit(undefined)} />}
      <Confirm
        open={!!gone}
        onClose={() => setGone(undefined)}
        title={t("desk.statuses.delete", { name: gone?.name ?? "" })}
        action={t("app.delete")}
        onConfirm={async () => gone && (await call(client.DELETE("/ticket-statuses/{id}", { params: { path: { id: gone.id } } })), doIt(async () => undefined))}
      >
        <p>{t("desk.statuses.delete_text", { status: gone ? statusName(gone.status) : "" })}</p>
      </Confirm>
    </Page>
  );
}

function StatusForm({ of, onClose }: { of: OwnStatus | undefined; onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(of?.name ?? "");
  const [status, setStatus] = useState<BuiltIn>(of?.status ?? "open");
  const save = async () => {
    await (of ? call(client.PATCH("/ticket-statuses/{id}", { params: { path: { id: of.id } }, body: { name } })) : call(client.POST("/ticket-statuses", { body: { name, status } })));
    void queries.invalidateQueries({ queryKey: key });
  };
  return (
    <FormDialog title={of ? t("desk.statuses.edit") : t("desk.statuses.new")} onClose={onClose} onSave={save} fields={["name", "status"]} width={440}>
      {(about) => (
        <>
          <TextField label={t("desk.name")} value={name} required maxLength={100} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <SelectField label={t("desk.statuses.stands_for")} hint={t("desk.statuses.stands_hint")} value={status} disabled={!!of} error={about("status")} onChange={(e) => setStatus(e.target.value as BuiltIn)}>
            {builtIn.map((s) => (
              <option key={s} value={s}>
                {statusName(s)}
              </option>
            ))}
          </SelectField>
        </>
      )}
    </FormDialog>
  );
}
