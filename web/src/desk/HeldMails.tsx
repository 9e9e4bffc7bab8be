import { MailCheck, RotateCw } from "lucide-react";
import { call, client, once } from "@/api/client";
import { t } from "@/app/i18n";
import { size } from "@/app/time";
import { Badge } from "@/ui/Badge";
import { IconButton } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { Table, usePages } from "@/ui/Table";
import { RowName, useDo } from "./parts";

/** Mails that became no ticket, each with the reason. */
export function HeldMails() {
  const list = usePages(["desk", "held-mails"], (cursor) => call(client.GET("/held-mails", { params: { query: cursor } })), 30_000);
  const doIt = useDo(["desk", "held-mails"]);
  const again = (id: number) => doIt(() => call(client.POST("/held-mails/{id}/retry", { params: { path: { id } }, headers: once() })), t("desk.held.retried"));
  return (
    <Page title={t("app.admin.held_mails")} lead={t("desk.held.lead")}>
      <Table
        label={t("app.admin.held_mails")}
        list={list}
        rows={list.items}
        id={(m) => m.id}
        empty={
          <Empty title={t("desk.held.empty")} drawing="done">
            {t("desk.held.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("desk.held.from"), cell: (m) => <RowName name={m.from || t("desk.held.bounce")} under={t("desk.held.to", { address: m.to })} /> },
          { label: t("desk.held.why"), cell: (m) => m.reason },
          {
            label: t("desk.state"),
            cell: (m) =>
              m.state === "failed" ? (
                <Badge tone="danger">{t("desk.held.failed")}</Badge>
              ) : (
                <Badge tone="warn" icon={MailCheck}>
                  {t("desk.held.held")}
                </Badge>
              ),
          },
          { label: t("desk.held.size"), cell: (m) => size(m.size), num: true, nowrap: true },
          { label: t("desk.when"), cell: (m) => <When at={m.created_at} />, num: true, nowrap: true },
        ]}
        end={(m) =>
          m.retryable && (
            <IconButton icon={RotateCw} label={t("desk.held.retry")} onClick={() => void again(m.id)} />
          )
        }
      />
    </Page>
  );
}
