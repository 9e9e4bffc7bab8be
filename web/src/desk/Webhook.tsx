import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Ellipsis, KeyRound, Pause, Pencil, Play, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { call, client, once } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { exact } from "@/app/time";
import { Button, IconButton } from "@/ui/Button";
import { Confirm, Dialog } from "@/ui/Dialog";
import { Menu, MenuItem, MenuLine } from "@/ui/Menu";
import { Page, Section } from "@/ui/Page";
import { When } from "@/ui/When";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { filters } from "@/tickets/api";
import { read } from "@/tickets/condition";
import { inWords } from "@/tickets/filterWords";
import { Deliveries } from "./Deliveries";
import { HookState, SecretDialog } from "./Webhooks";
import { useBrands, useGroups, useInboxes } from "./lists";
import { useDo } from "./parts";
import { type Hook, WebhookForm, eventName, hooksKey } from "./webhookForm";
import "./desk.css";

/** One webhook: what it hears of, how it goes, and what became of each event. */
export function Webhook() {
  const id = Number((useParams({ strict: false }) as { id?: string }).id);
  const hook = useQuery({ queryKey: [...hooksKey, id], queryFn: () => call(client.GET("/webhooks/{id}", { params: { path: { id } } })), refetchInterval: 10_000 });
  const w = hook.data;
  return (
    <Page title={w?.name ?? t("desk.webhooks.one")} lead={w?.url} actions={w && <Acts of={w} />}>
      <p>
        <Link className="a" to={"/admin/webhooks" as "/admin"}>
          {t("desk.webhooks.back")}
        </Link>
      </p>
      {hook.isPending && <Skeleton lines={5} height={20} />}
      {hook.error && !w && <Failed error={hook.error} retry={() => void hook.refetch()} />}
      {w && (
        <>
          <Trouble of={w} />
          <Facts of={w} />
          <Deliveries hook={w.id} />
        </>
      )}
    </Page>
  );
}

function Trouble({ of: w }: { of: Hook }) {
  const said = w.broken
    ? t("desk.webhooks.broken_text")
    : w.pause
      ? w.pause.reason === "gone"
        ? t("desk.webhooks.gone_text")
        : t("desk.webhooks.paused_text", { at: exact(w.pause.at) })
      : w.hold_until
        ? t("desk.webhooks.hold_text", { at: exact(w.hold_until) })
        : "";
  if (!said) return null;
  return (
    <p className="banner" data-tone={w.hold_until && !w.pause ? "warn" : "danger"}>
      {said}
    </p>
  );
}

function Acts({ of: w }: { of: Hook }) {
  const queries = useQueryClient();
  const go = useNavigate();
  const [open, setOpen] = useState<"" | "edit" | "delete" | "rotate">("");
  const [secret, setSecret] = useState("");
  const doIt = useDo(hooksKey);
  const path = { params: { path: { id: w.id } } };
  const test = useMutation({
    mutationFn: () => call(client.POST("/webhooks/{id}/test", { ...path, headers: once() })),
    onError: (error) => toast({ text: explain(error), error: true }),
    onSettled: () => queries.invalidateQueries({ queryKey: hooksKey }),
  });
  const rotate = async () => {
    const made = await call(client.POST("/webhooks/{id}/rotate-secret", { ...path, headers: once() }));
    setSecret(made.secret ?? "");
    void queries.invalidateQueries({ queryKey: hooksKey });
  };
  return (
    <>
      <Button icon={Send} busy={test.isPending} onClick={() => test.mutate()}>
        {t("desk.webhooks.test")}
      </Button>
      <Button icon={w.active ? Pause : Play} onClick={() => void doIt(() => call(client.PATCH("/webhooks/{id}", { ...path, body: { active: !w.active } })), w.active ? t("desk.webhooks.is_off") : t("desk.webhooks.is_on"))}>
        {w.active ? t("desk.webhooks.pause") : t("desk.webhooks.resume")}
      </Button>
      <Menu label={w.name} trigger={<IconButton icon={Ellipsis} label={t("app.actions")} />}>
        <MenuItem icon={Pencil} onSelect={() => setOpen("edit")}>
          {t("app.edit")}
        </MenuItem>
        <MenuItem icon={KeyRound} onSelect={() => setOpen("rotate")}>
          {t("desk.webhooks.rotate")}
        </MenuItem>
        <MenuLine />
        <MenuItem icon={Trash2} danger onSelect={() => setOpen("delete")}>
          {t("app.delete")}
        </MenuItem>
      </Menu>
      {test.data && (
        <Dialog open onClose={() => test.reset()} title={test.data.state === "delivered" ? t("desk.webhooks.test_ok") : t("desk.webhooks.test_failed")}>
          <dl className="desk-facts">
            <dt>{t("desk.webhooks.answer")}</dt>
            <dd>{test.data.status ?? t("desk.webhooks.no_answer")}</dd>
            <dt>{t("desk.webhooks.took")}</dt>
            <dd>{tn("desk.ms", test.data.duration_ms)}</dd>
            {test.data.error && (
              <>
                <dt>{t("desk.jobs.error")}</dt>
                <dd>{test.data.error}</dd>
              </>
            )}
          </dl>
          {test.data.answer && <pre className="desk-error">{test.data.answer}</pre>}
        </Dialog>
      )}
      {open === "edit" && <WebhookForm of={w} onClose={() => setOpen("")} onMade={() => undefined} />}
      <Confirm open={open === "rotate"} onClose={() => setOpen("")} title={t("desk.webhooks.rotate")} action={t("desk.webhooks.rotate_do")} danger={false} onConfirm={rotate}>
        <p>{t("desk.webhooks.rotate_text")}</p>
      </Confirm>
      <Confirm
        open={open === "delete"}
        onClose={() => setOpen("")}
        title={t("desk.webhooks.delete", { name: w.name })}
        action={t("app.delete")}
        onConfirm={async () => {
          await call(client.DELETE("/webhooks/{id}", path));
          void queries.invalidateQueries({ queryKey: hooksKey, exact: true });
          void go({ to: "/admin/webhooks" as "/admin" });
        }}
      >
        <p>{t("desk.webhooks.delete_text")}</p>
      </Confirm>
      {secret && <SecretDialog secret={secret} onClose={() => setSecret("")} />}
    </>
  );
}

function Facts({ of: w }: { of: Hook }) {
  const fields = useQuery(filters).data ?? [];
  const condition = read(w.condition);
  const brands = useBrands();
  const inboxes = useInboxes();
  const groups = useGroups();
  const names = (all: boolean, ids: number[], of: { id: number; name: string }[], every: string) => (all ? every : of.filter((x) => ids.includes(x.id)).map((x) => x.name).join(", ") || t("app.none"));
  return (
    <Section title={t("desk.webhooks.what")}>
      <dl className="desk-facts">
        <dt>{t("desk.state")}</dt>
        <dd>
          <HookState of={w} />
        </dd>
        <dt>{t("desk.webhooks.events")}</dt>
        <dd>{w.events.map(eventName).join(", ")}</dd>
        <dt>{t("desk.webhooks.condition")}</dt>
        <dd>{condition ? inWords(condition, fields) : t("desk.webhooks.any_ticket")}</dd>
        <dt>{t("desk.webhooks.reach")}</dt>
        <dd>
          {[names(w.all_brands, w.brands, brands, t("desk.webhooks.all_brands")), names(w.all_inboxes, w.inboxes, inboxes, t("desk.webhooks.all_inboxes")), names(w.all_groups, w.groups, groups, t("desk.webhooks.all_groups"))].join(" · ")}
        </dd>
        <dt>{t("desk.webhooks.internal")}</dt>
        <dd>{w.see_internal ? t("app.yes") : t("app.no")}</dd>
        {w.header_names.length > 0 && (
          <>
            <dt>{t("desk.webhooks.headers")}</dt>
            <dd>{w.header_names.join(", ")}</dd>
          </>
        )}
        {w.old_secret_until && (
          <>
            <dt>{t("desk.webhooks.old_secret")}</dt>
            <dd>{exact(w.old_secret_until)}</dd>
          </>
        )}
        <dt>{t("desk.webhooks.last")}</dt>
        <dd>{w.delivered_at ? <When at={w.delivered_at} as="exact" /> : t("desk.webhooks.nothing")}</dd>
      </dl>
    </Section>
  );
}
