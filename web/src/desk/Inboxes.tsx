import { useQueryClient } from "@tanstack/react-query";
import { Inbox as Tray, Pencil, Plus, Power, Send } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { SelectField, TextField } from "@/ui/Field";
import { MenuItem } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { Table, usePages } from "@/ui/Table";
import { FormDialog } from "@/ui/FormDialog";
import { State } from "./Brands";
import { MailServer } from "./MailServer";
import { Mailbox } from "./Mailbox";
import { type Inbox, useBrands, useGroups } from "./lists";
import { RowMenu, RowName, useDo } from "./parts";

const key = ["desk", "inboxes"];

/** Where mail comes in and tickets live. */
export function Inboxes() {
  const list = usePages(key, (cursor) => call(client.GET("/inboxes", { params: { query: cursor } })));
  const brands = useBrands();
  const groups = useGroups();
  const [edit, setEdit] = useState<Inbox | "new">();
  const [off, setOff] = useState<Inbox>();
  const [fetching, setFetching] = useState<Inbox>();
  const [sending, setSending] = useState<Inbox>();
  const doIt = useDo(key);
  const turn = (i: Inbox, active: boolean) => call(client.PATCH("/inboxes/{id}", { params: { path: { id: i.id } }, body: { active } }));
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEdit("new")}>
      {t("desk.inboxes.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.inboxes")} lead={t("desk.inboxes.lead")} actions={add}>
      <Table
        label={t("app.admin.inboxes")}
        list={list}
        rows={list.items}
        id={(i) => i.id}
        off={(i) => !i.active}
        empty={
          <Empty title={t("desk.inboxes.empty")} action={add}>
            {t("desk.inboxes.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("desk.name"), cell: (i) => <RowName name={i.name} under={i.address} onOpen={() => setEdit(i)} /> },
          { label: t("desk.brand"), cell: (i) => brands.find((b) => b.id === i.brand_id)?.name },
          { label: t("desk.inboxes.group"), cell: (i) => groups.find((g) => g.id === i.default_group_id)?.name ?? t("desk.inboxes.no_group") },
          { label: t("desk.state"), cell: (i) => <State active={i.active} /> },
        ]}
        end={(i) => (
          <RowMenu name={i.name}>
            <MenuItem icon={Pencil} onSelect={() => setEdit(i)}>
              {t("app.edit")}
            </MenuItem>
            <MenuItem icon={Tray} onSelect={() => setFetching(i)}>
              {t("desk.mailbox.menu")}
            </MenuItem>
            <MenuItem icon={Send} onSelect={() => setSending(i)}>
              {t("desk.server.menu")}
            </MenuItem>
            <MenuItem icon={Power} danger={i.active} onSelect={() => (i.active ? setOff(i) : void doIt(() => turn(i, true), t("desk.turned_on", { name: i.name })))}>
              {i.active ? t("desk.turn_off") : t("desk.turn_on")}
            </MenuItem>
          </RowMenu>
        )}
      />
      {edit && <InboxForm of={edit === "new" ? undefined : edit} onClose={() => setEdit(undefined)} />}
      {fetching && <Mailbox inbox={fetching} onClose={() => setFetching(undefined)} />}
      {sending && <MailServer inbox={sending} onClose={() => setSending(undefined)} />}
      <Confirm open={!!off} onClose={() => setOff(undefined)} title={t("desk.inboxes.off", { name: off?.name ?? "" })} action={t("desk.turn_off")} onConfirm={async () => off && (await turn(off, false), doIt(async () => undefined))}>
        <p>{t("desk.inboxes.off_text", { address: off?.address ?? "" })}</p>
      </Confirm>
    </Page>
  );
}

function InboxForm({ of, onClose }: { of: Inbox | undefined; onClose: () => void }) {
  const queries = useQueryClient();
  const brands = useBrands().filter((b) => b.active || b.id === of?.brand_id);
  const groups = useGroups();
  const [name, setName] = useState(of?.name ?? "");
  const [address, setAddress] = useState(of?.address ?? "");
  const [brand, setBrand] = useState(of?.brand_id ?? 0);
  const [group, setGroup] = useState(of?.default_group_id ?? 0);
  const chosen = brand || (brands[0]?.id ?? 0);
  const save = async () => {
    const body = { name, address, default_group_id: group || null };
    await (of ? call(client.PATCH("/inboxes/{id}", { params: { path: { id: of.id } }, body })) : call(client.POST("/inboxes", { body: { ...body, brand_id: chosen } })));
    void queries.invalidateQueries({ queryKey: key });
  };
  return (
    <FormDialog title={of ? t("desk.inboxes.edit") : t("desk.inboxes.new")} onClose={onClose} onSave={save} fields={["name", "address", "brand_id", "default_group_id"]}>
      {(about) => (
        <>
          <TextField label={t("desk.name")} value={name} required maxLength={200} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <TextField label={t("desk.inboxes.address")} hint={t("desk.inboxes.address_hint")} type="email" value={address} required maxLength={320} error={about("address")} onChange={(e) => setAddress(e.target.value)} />
          <div className="desk-pair">
            <SelectField label={t("desk.brand")} hint={t("desk.inboxes.brand_hint")} value={chosen} disabled={!!of} error={about("brand_id")} onChange={(e) => setBrand(Number(e.target.value))}>
              {brands.map((b) => (
                <option key={b.id} value={b.id}>
                  {b.name}
                </option>
              ))}
            </SelectField>
            <SelectField label={t("desk.inboxes.group")} hint={t("desk.inboxes.group_hint")} value={group} error={about("default_group_id")} onChange={(e) => setGroup(Number(e.target.value))}>
              <option value={0}>{t("desk.inboxes.no_group")}</option>
              {groups.map((g) => (
                <option key={g.id} value={g.id}>
                  {g.name}
                </option>
              ))}
            </SelectField>
          </div>
        </>
      )}
    </FormDialog>
  );
}
