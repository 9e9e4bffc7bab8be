import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { CircleAlert, Pause, Plus } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Page } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { Table } from "@/ui/Table";
import { CopyLine } from "@/ui/CopyLine";
import { type Hook, type MadeHook, WebhookForm, eventName, hooksKey } from "./webhookForm";
import "./desk.css";

/** Programs that hear of what happens to tickets. */
export function Webhooks() {
  const list = useQuery({ queryKey: hooksKey, queryFn: () => call(client.GET("/webhooks")) });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<MadeHook>();
  const go = useNavigate();
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>
      {t("desk.webhooks.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.webhooks")} lead={t("desk.webhooks.lead")} actions={add}>
      <Table
        label={t("app.admin.webhooks")}
        list={list}
        rows={list.data?.items ?? []}
        id={(w) => w.id}
        off={(w) => !w.active}
        empty={
          <Empty title={t("desk.webhooks.empty")} action={add}>
            {t("desk.webhooks.empty_text")}
          </Empty>
        }
        columns={[
          {
            label: t("desk.name"),
            cell: (w) => (
              <span className="desk-name">
                <Link to={"/admin/webhooks/$id" as "/admin"} params={{ id: String(w.id) } as never}>
                  {w.name}
                </Link>
                <span className="meta">{w.url}</span>
              </span>
            ),
          },
          { label: t("desk.webhooks.events"), cell: (w) => (w.events.length > 2 ? tn("desk.webhooks.count", w.events.length) : w.events.map(eventName).join(", ")) },
          { label: t("desk.state"), cell: (w) => <HookState of={w} /> },
          { label: t("desk.webhooks.last"), cell: (w) => (w.delivered_at ? <When at={w.delivered_at} as="ago" /> : t("desk.webhooks.nothing")), num: true, nowrap: true },
        ]}
      />
      {making && <WebhookForm of={undefined} onClose={() => setMaking(false)} onMade={setMade} />}
      {made?.secret && <SecretDialog secret={made.secret} onClose={() => (setMade(undefined), void go({ to: "/admin/webhooks/$id" as "/admin", params: { id: String(made.id) } as never }))} />}
    </Page>
  );
}

/** The signing secret, once. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={t("desk.webhooks.secret")} foot={<><span className="push" /><Button kind="primary" onClick={onClose}>{t("app.done")}</Button></>}>
      <p>{t("desk.webhooks.secret_text")}</p>
      <CopyLine text={secret} label={t("desk.webhooks.secret")} />
    </Dialog>
  );
}

/** How it goes with a webhook, the worst first. */
export function HookState({ of: w }: { of: Hook }) {
  if (w.broken) return <Badge tone="danger" icon={CircleAlert}>{t("desk.webhooks.broken")}</Badge>;
  if (w.pause) return <Badge tone="danger" icon={Pause}>{t("desk.webhooks.paused")}</Badge>;
  if (!w.active) return <Badge icon={Pause}>{t("desk.webhooks.off")}</Badge>;
  if (w.failures > 0) return <Badge tone="warn" icon={CircleAlert}>{tn("desk.webhooks.failures", w.failures)}</Badge>;
  return <Badge tone="ok">{t("desk.active")}</Badge>;
}
