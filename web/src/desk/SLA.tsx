import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, CircleAlert, Pencil, Plus, Power, Trash2 } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { MenuItem } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { Table } from "@/ui/Table";
import { filters } from "@/tickets/api";
import { read } from "@/tickets/condition";
import { inWords } from "@/tickets/filterWords";
import { State } from "./Brands";
import { type Policy, SLAForm, inTargets, policiesKey } from "./SLAForm";
import { calendarList } from "./lists";
import { RowMenu, RowName, useDo } from "./parts";

/** Times that are promised, in the order in which they are looked at. */
export function SLA() {
  const list = useQuery({ queryKey: policiesKey, queryFn: () => call(client.GET("/sla-policies")) });
  const rows = list.data?.items ?? [];
  const fields = useQuery(filters).data ?? [];
  const calendars = useQuery(calendarList).data?.items ?? [];
  const [edit, setEdit] = useState<Policy | "new">();
  const [gone, setGone] = useState<Policy>();
  const doIt = useDo(policiesKey);
  const move = (from: number, to: number) => {
    const ids = rows.map((p) => p.id);
    const [moved] = ids.splice(from, 1);
    if (moved) ids.splice(to, 0, moved);
    return doIt(() => call(client.PUT("/sla-policies/order", { body: { ids } })));
  };
  const counts = (p: Policy) => {
    const found = p.calendar ? calendars.find((c) => c.id === p.calendar) : calendars.find((c) => c.default);
    return found?.name ?? t("desk.hours.always");
  };
  const about = (p: Policy) => {
    const condition = read(p.condition);
    return condition ? inWords(condition, fields) : t("desk.webhooks.any_ticket");
  };
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEdit("new")}>
      {t("desk.sla.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.sla")} lead={t("desk.sla.lead")} actions={add}>
      <Table
        label={t("app.admin.sla")}
        list={list}
        rows={rows}
        id={(p) => p.id}
        off={(p) => !p.active}
        empty={
          <Empty title={t("desk.sla.empty")} action={add}>
            {t("desk.sla.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("desk.name"), cell: (p) => <RowName name={p.name} under={about(p)} onOpen={() => setEdit(p)} /> },
          { label: t("desk.sla.promises"), cell: (p) => <span className="sla-promises">{inTargets(p.targets).map((line) => <span key={line}>{line}</span>)}</span> },
          { label: t("desk.sla.calendar"), cell: counts },
          { label: t("desk.state"), cell: (p) => (p.broken ? <Badge tone="danger" icon={CircleAlert}>{t("desk.webhooks.broken")}</Badge> : <State active={p.active} />) },
        ]}
        end={(p) => {
          const at = rows.indexOf(p);
          return (
            <>
              {at > 0 && <IconButton icon={ArrowUp} label={t("desk.fields.up", { name: p.name })} onClick={() => void move(at, at - 1)} />}
              {at < rows.length - 1 && <IconButton icon={ArrowDown} label={t("desk.fields.down", { name: p.name })} onClick={() => void move(at, at + 1)} />}
              <RowMenu name={p.name}>
                <MenuItem icon={Pencil} onSelect={() => setEdit(p)}>
                  {t("app.edit")}
                </MenuItem>
                <MenuItem
                  icon={Power}
                  onSelect={() =>
                    void doIt(
                      () => call(client.PATCH("/sla-policies/{id}", { params: { path: { id: p.id } }, body: { active: !p.active } })),
                      p.active ? t("desk.sla.turned_off", { name: p.name }) : t("desk.turned_on", { name: p.name }),
                    )
                  }
                >
                  {p.active ? t("desk.turn_off") : t("desk.turn_on")}
                </MenuItem>
                <MenuItem icon={Trash2} danger onSelect={() => setGone(p)}>
                  {t("app.delete")}
                </MenuItem>
              </RowMenu>
            </>
          );
        }}
      />
      {edit && <SLAForm of={edit === "new" ? undefined : edit} onClose={() => setEdit(undefined)} />}
      <Confirm
        open={!!gone}
        onClose={() => setGone(undefined)}
        title={t("desk.sla.delete", { name: gone?.name ?? "" })}
        action={t("app.delete")}
        onConfirm={() => doIt(() => call(client.DELETE("/sla-policies/{id}", { params: { path: { id: gone?.id ?? 0 } } })))}
      >
        <p>{t("desk.sla.delete_text")}</p>
      </Confirm>
    </Page>
  );
}
