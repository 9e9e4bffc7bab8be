import "./policy.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Ban, Check as Tick, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { RowMenu, RowName, useDo } from "@/desk/parts";
import { filters } from "@/tickets/api";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { SelectField } from "@/ui/Field";
import { MenuItem } from "@/ui/Menu";
import { Page, Section } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { Table } from "@/ui/Table";
import { PolicyCheck } from "./PolicyCheck";
import { PolicyForm } from "./PolicyForm";
import { refresh, settings } from "./api";
import { type Entry, partnersIn, sentence } from "./policyWords";
import { Guarded } from "./ui";

export const policyKey = ["admin", "share-policy"];

/** Who may share what with whom: the entries in the order in which they are read, what holds where none fits, and a check. */
export function SharePolicy() {
  return (
    <Guarded permissions={["settings.manage"]} title={t("app.admin.share_policy")}>
      <Policy />
    </Guarded>
  );
}

function Policy() {
  const list = useQuery({ queryKey: policyKey, queryFn: () => call(client.GET("/share-policy")) });
  const fields = useQuery(filters).data ?? [];
  const rows = list.data?.items ?? [];
  const [edit, setEdit] = useState<Entry | "new">();
  const [gone, setGone] = useState<Entry>();
  const doIt = useDo(policyKey);
  const move = (e: Entry, position: number) => void doIt(() => call(client.PATCH("/share-policy/{id}", { params: { path: { id: e.id } }, body: { position } })));
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEdit("new")}>
      {t("admin.allowed.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.share_policy")} lead={t("admin.allowed.lead")} actions={add}>
      <Table
        label={t("app.admin.share_policy")}
        list={list}
        rows={rows}
        id={(e) => e.id}
        empty={
          <Empty title={t("admin.allowed.empty")} action={add}>
            {t("admin.allowed.empty_text")}
          </Empty>
        }
        columns={[
          {
            label: t("admin.allowed.effect"),
            nowrap: true,
            cell: (e) => (
              <Badge tone={e.allow ? "ok" : "danger"} icon={e.allow ? Tick : Ban}>
                {t(e.allow ? "admin.allowed.allow" : "admin.allowed.deny")}
              </Badge>
            ),
          },
          {
            label: t("admin.allowed.entry"),
            cell: (e) => <RowName name={sentence(e, fields)} under={e.broken ? t(e.allow ? "admin.allowed.broken_allow" : "admin.allowed.broken_deny") : undefined} onOpen={() => setEdit(e)} />,
          },
        ]}
        end={(e) => {
          const at = rows.indexOf(e);
          const name = t("admin.allowed.number", { number: at + 1 });
          return (
            <>
              {at > 0 && <IconButton icon={ArrowUp} label={t("admin.allowed.up", { name })} onClick={() => move(e, at)} />}
              {at < rows.length - 1 && <IconButton icon={ArrowDown} label={t("admin.allowed.down", { name })} onClick={() => move(e, at + 2)} />}
              <RowMenu name={name}>
                <MenuItem icon={Pencil} onSelect={() => setEdit(e)}>
                  {t("app.edit")}
                </MenuItem>
                <MenuItem icon={Trash2} danger onSelect={() => setGone(e)}>
                  {t("app.delete")}
                </MenuItem>
              </RowMenu>
            </>
          );
        }}
      />
      <Otherwise some={rows.length > 0} />
      <Section title={t("admin.allowed.check")} lead={t("admin.allowed.check_lead")}>
        <PolicyCheck entries={rows} partners={partnersIn(fields)} />
      </Section>
      {edit && <PolicyForm of={edit === "new" ? undefined : edit} fields={fields} onClose={() => setEdit(undefined)} />}
      <Confirm
        open={!!gone}
        onClose={() => setGone(undefined)}
        title={t("admin.allowed.delete")}
        action={t("app.delete")}
        onConfirm={async () => gone && (await call(client.DELETE("/share-policy/{id}", { params: { path: { id: gone.id } } })), doIt(async () => undefined))}
      >
        <p>{gone && sentence(gone, fields)}</p>
        <p>{t("admin.allowed.delete_text")}</p>
      </Confirm>
    </Page>
  );
}

/** What holds where no entry fits. It acts at once, as the order does. */
function Otherwise({ some }: { some: boolean }) {
  const queries = useQueryClient();
  const now = useQuery(settings).data?.["sharing.policy_default"];
  const doIt = useDo(["admin", "settings"]);
  const set = (value: string) => doIt(async () => {
    await call(client.PATCH("/settings", { body: { "sharing.policy_default": value } as never }));
    await refresh(queries);
  }, t("admin.allowed.saved"));
  return (
    <SelectField
      label={t(some ? "admin.allowed.otherwise" : "admin.allowed.always")}
      hint={now === "deny" ? t(some ? "admin.allowed.otherwise_deny" : "admin.allowed.nobody") : undefined}
      value={String(now ?? "allow")}
      disabled={now === undefined}
      onChange={(e) => void set(e.target.value)}
    >
      <option value="allow">{t("admin.allowed.default_allow")}</option>
      <option value="deny">{t("admin.allowed.default_deny")}</option>
    </SelectField>
  );
}
