import { useQuery } from "@tanstack/react-query";
import { Pencil, Plus, Star, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { MenuItem } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { Table } from "@/ui/Table";
import { CalendarForm } from "./CalendarForm";
import { calendarList, calendarsKey } from "./lists";
import { RowMenu, RowName, useDo } from "./parts";
import { inWeek } from "./weekHours";

type Calendar = Schema<"Calendar">;

/** When people work. */
export function Calendars() {
  const list = useQuery(calendarList);
  const rows = list.data?.items ?? [];
  const [edit, setEdit] = useState<Calendar | "new">();
  const [gone, setGone] = useState<Calendar>();
  const doIt = useDo(calendarsKey);
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEdit("new")}>
      {t("desk.hours.new")}
    </Button>
  );
  const free = (c: Calendar) => c.used_by.length === 0 && c.used_by_rules === 0 && (!c.default || rows.length === 1);
  return (
    <Page title={t("app.admin.hours")} lead={t("desk.hours.lead")} actions={add}>
      <Table
        label={t("app.admin.hours")}
        list={list}
        rows={rows}
        id={(c) => c.id}
        empty={
          <Empty title={t("desk.hours.empty")} action={add}>
            {t("desk.hours.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("desk.name"), cell: (c) => <RowName name={c.name} under={c.description || c.time_zone} onOpen={() => setEdit(c)} /> },
          { label: t("desk.hours.hours"), cell: (c) => (c.around_the_clock ? t("desk.hours.always") : inWeek(c.hours)) },
          { label: t("desk.hours.holidays"), cell: (c) => (c.holidays.length ? tn("desk.hours.days", c.holidays.length) : "") },
          {
            label: t("desk.state"),
            cell: (c) => (
              <span className="cluster">
                <Badge tone={c.open_now ? "ok" : "neutral"}>{c.open_now ? t("desk.hours.open") : t("desk.hours.closed")}</Badge>
                {c.change_at && (
                  <span className="meta">
                    {c.open_now ? t("desk.hours.closes") : t("desk.hours.opens")} <When at={c.change_at} as="ago" />
                  </span>
                )}
                {c.default && <Badge icon={Star}>{t("desk.hours.default")}</Badge>}
              </span>
            ),
          },
        ]}
        end={(c) => (
          <RowMenu name={c.name}>
            <MenuItem icon={Pencil} onSelect={() => setEdit(c)}>
              {t("app.edit")}
            </MenuItem>
            {!c.default && (
              <MenuItem
                icon={Star}
                onSelect={() => void doIt(() => call(client.PATCH("/calendars/{id}", { params: { path: { id: c.id } }, body: { default: true } })), t("desk.hours.is_default", { name: c.name }))}
              >
                {t("desk.hours.make_default")}
              </MenuItem>
            )}
            {free(c) && (
              <MenuItem icon={Trash2} danger onSelect={() => setGone(c)}>
                {t("app.delete")}
              </MenuItem>
            )}
          </RowMenu>
        )}
      />
      {edit && <CalendarForm of={edit === "new" ? undefined : edit} onClose={() => setEdit(undefined)} />}
      <Confirm
        open={!!gone}
        onClose={() => setGone(undefined)}
        title={t("desk.hours.delete", { name: gone?.name ?? "" })}
        action={t("app.delete")}
        onConfirm={() => doIt(() => call(client.DELETE("/calendars/{id}", { params: { path: { id: gone?.id ?? 0 } } })))}
      >
        <p>{t("desk.hours.delete_text")}</p>
      </Confirm>
    </Page>
  );
}
