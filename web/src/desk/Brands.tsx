import { Pencil, Plus, Power } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { MenuItem } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { Table, usePages } from "@/ui/Table";
import { BrandForm } from "./BrandForm";
import { type Brand, useInboxes } from "./lists";
import { RowMenu, RowName, useDo } from "./parts";

const key = ["desk", "brands"];

/** The names under which the desk writes to people. */
export function Brands() {
  const list = usePages(key, (cursor) => call(client.GET("/brands", { params: { query: cursor } })));
  const inboxes = useInboxes();
  const [edit, setEdit] = useState<Brand | "new">();
  const [off, setOff] = useState<Brand>();
  const doIt = useDo(key);
  const turn = (b: Brand, active: boolean) => call(client.PATCH("/brands/{id}", { params: { path: { id: b.id } }, body: { active } }));
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEdit("new")}>
      {t("desk.brands.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.brands")} lead={t("desk.brands.lead")} actions={add}>
      <Table
        label={t("app.admin.brands")}
        list={list}
        rows={list.items}
        id={(b) => b.id}
        off={(b) => !b.active}
        empty={<Empty title={t("desk.brands.empty")} action={add} />}
        columns={[
          { label: t("desk.name"), cell: (b) => <RowName name={b.name} under={b.host} onOpen={() => setEdit(b)} /> },
          { label: t("app.admin.inboxes"), cell: (b) => inboxes.filter((i) => i.brand_id === b.id && i.active).map((i) => i.name).join(", ") },
          { label: t("desk.state"), cell: (b) => <State active={b.active} /> },
        ]}
        end={(b) => (
          <RowMenu name={b.name}>
            <MenuItem icon={Pencil} onSelect={() => setEdit(b)}>
              {t("app.edit")}
            </MenuItem>
            <MenuItem icon={Power} danger={b.active} onSelect={() => (b.active ? setOff(b) : void doIt(() => turn(b, true), t("desk.turned_on", { name: b.name })))}>
              {b.active ? t("desk.turn_off") : t("desk.turn_on")}
            </MenuItem>
          </RowMenu>
        )}
      />
      {edit && <BrandForm of={edit === "new" ? undefined : edit} onClose={() => setEdit(undefined)} />}
      <Confirm open={!!off} onClose={() => setOff(undefined)} title={t("desk.brands.off", { name: off?.name ?? "" })} action={t("desk.turn_off")} onConfirm={async () => off && (await turn(off, false), doIt(async () => undefined))}>
        <p>{t("desk.brands.off_text")}</p>
      </Confirm>
    </Page>
  );
}

/** Whether something is in use. */
export function State({ active }: { active: boolean }) {
  return active ? <Badge tone="ok">{t("desk.active")}</Badge> : <Badge>{t("desk.inactive")}</Badge>;
}
