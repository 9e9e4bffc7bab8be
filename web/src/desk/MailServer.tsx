import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plug, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError, type Schema, call, client, once } from "@/api/client";
import { t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Check } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { When } from "@/ui/When";
import { Failed, Skeleton, explain } from "@/ui/states";
import { MailSignIn, mailSignInFields, sentSecrets } from "./MailSignIn";
import type { Inbox } from "./lists";

type Server = Schema<"MailServer">;
type Form = Required<Omit<Schema<"MailServerSettings">, "$schema" | "password" | "refresh_token" | "client_secret">> & { password: string; refresh_token: string; client_secret: string };
type Body = Omit<Form, "password" | "refresh_token" | "client_secret"> & { password?: string; refresh_token?: string; client_secret?: string };

const usual = { tls: 465, starttls: 587, none: 25 } as const;

/** The routes of a server: those of an inbox's own, or of the account's. */
function routes(inbox: number | undefined) {
  const path = { params: { path: { id: inbox ?? 0 } } };
  return inbox === undefined
    ? {
        show: () => call(client.GET("/mail-server")),
        save: (body: Body) => call(client.PUT("/mail-server", { body })),
        drop: () => call(client.DELETE("/mail-server")),
        test: (body: Body & { send: boolean }) => call(client.POST("/mail-server/test", { headers: once(), body })),
      }
    : {
        show: () => call(client.GET("/inboxes/{id}/mail-server", path)),
        save: (body: Body) => call(client.PUT("/inboxes/{id}/mail-server", { ...path, body })),
        drop: () => call(client.DELETE("/inboxes/{id}/mail-server", path)),
        test: (body: Body & { send: boolean }) => call(client.POST("/inboxes/{id}/mail-server/test", { ...path, headers: once(), body })),
      };
}

/** useMailServer reads the server of an inbox, or the account's; null where there is none. */
export const useMailServer = (inbox: number | undefined) =>
  useQuery({
    queryKey: ["desk", "mail-server", inbox ?? 0],
    // One without a server is no fault.
    queryFn: () => routes(inbox).show().catch((e: unknown) => (e instanceof ApiError && e.status === 404 ? null : Promise.reject(e))),
    staleTime: 0,
  });

/** The server that mail leaves by: of an inbox, or of the whole desk. */
export function MailServer({ inbox, onClose }: { inbox?: Inbox; onClose: () => void }) {
  const server = useMailServer(inbox?.id);
  const title = inbox ? t("desk.server.title", { name: inbox.name }) : t("desk.server.title_all");
  if (server.data === undefined) {
    return (
      <Dialog open onClose={onClose} title={title}>
        {server.error ? <Failed error={server.error} retry={() => void server.refetch()} /> : <Skeleton lines={5} height={20} />}
      </Dialog>
    );
  }
  return <ServerForm title={title} inbox={inbox} of={server.data} onClose={onClose} />;
}

function ServerForm({ title, inbox, of, onClose }: { title: string; inbox: Inbox | undefined; of: Server | null; onClose: () => void }) {
  const queries = useQueryClient();
  const api = routes(inbox?.id);
  const [form, setForm] = useState<Form>(() => ({
    host: of?.host ?? "", port: of?.port ?? 587, security: of?.security ?? "starttls", username: of?.username ?? inbox?.address ?? "", auth: of?.auth ?? "password",
    token_url: of?.token_url ?? "", client_id: of?.client_id ?? "", active: of?.active ?? true, password: "", refresh_token: "", client_secret: "",
  }));
  const set = (change: Partial<Form>) => setForm((f) => ({ ...f, ...change }));
  const body = (): Body => sentSecrets(form);
  const done = () => queries.invalidateQueries({ queryKey: ["desk", "mail-server"] });
  const save = async () => {
    await api.save(body());
    void done();
  };
  const test = useMutation({ mutationFn: (send: boolean) => api.test({ ...body(), send }) });
  const drop = useMutation({ mutationFn: api.drop, onSuccess: () => (void done(), onClose()) });
  return (
    <FormDialog title={title} onClose={onClose} onSave={save} width={560} fields={mailSignInFields}>
      {(about) => (
        <>
          {of ? <ServerState of={of} /> : <p className="meta">{inbox ? t("desk.server.lead") : t("desk.server.lead_all")}</p>}
          <MailSignIn form={form} set={set} about={about} host={{ label: t("desk.server.host"), placeholder: "smtp.example.com" }} usual={usual} open kept={of?.has_secret === true} />
          <Check checked={form.active} onChange={(e) => set({ active: e.target.checked })}>
            {t("desk.server.active")}
          </Check>
          <div className="cluster">
            <Button icon={Plug} busy={test.isPending && !test.variables} onClick={() => test.mutate(false)}>
              {t("desk.mailbox.test")}
            </Button>
            <Button icon={Send} busy={test.isPending && test.variables} onClick={() => test.mutate(true)}>
              {t("desk.server.send")}
            </Button>
            {of && (
              <Button kind="danger" icon={Trash2} busy={drop.isPending} onClick={() => drop.mutate()}>
                {t("desk.server.delete")}
              </Button>
            )}
          </div>
          <Outcome test={test.data} error={test.error ?? drop.error} />
        </>
      )}
    </FormDialog>
  );
}

/** How sending went lately. */
export function ServerState({ of }: { of: Server }) {
  const { last_error, failed_at, sent_at } = of.state;
  if (last_error) {
    return (
      <p className="banner" data-tone="danger" role="status">
        <span>
          {last_error}{" "}
          {failed_at && (
            <>
              {t("desk.server.failed")} <When at={failed_at} />.
            </>
          )}
        </span>
      </p>
    );
  }
  if (!sent_at) return <p className="meta">{of.active ? t("desk.server.not_yet") : t("desk.server.off")}</p>;
  return (
    <p className="meta">
      {t("desk.server.sent")} <When at={sent_at} />
    </p>
  );
}

function Outcome({ test, error }: { test: Schema<"MailServerReport"> | undefined; error: unknown }) {
  let text = "";
  if (error) text = explain(error);
  else if (test?.ok) text = `${test.sent_to ? t("desk.server.test_sent", { address: test.sent_to }) : t("desk.server.test_ok")} ${test.encrypted ? t("desk.server.encrypted") : t("desk.server.plain")}`;
  else if (test) text = test.problem;
  return (
    <div role="status">
      {text && (
        <div className="banner" data-tone={error || !test?.ok ? "danger" : "ok"}>
          <span>
            {text}
            {!error && test?.answer && <code className="server-answer">{test.answer}</code>}
          </span>
        </div>
      )}
    </div>
  );
}
