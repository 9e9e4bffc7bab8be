import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plug, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError, type Schema, call, client, once } from "@/api/client";
import { t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Check, SelectField, TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { When } from "@/ui/When";
import { Failed, Skeleton, explain } from "@/ui/states";
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
  // What is left empty stays as it is kept.
  const body = (): Body => {
    const { password, refresh_token, client_secret, ...rest } = form;
    return { ...rest, ...(password && { password }), ...(refresh_token && { refresh_token }), ...(client_secret && { client_secret }) };
  };
  const done = () => queries.invalidateQueries({ queryKey: ["desk", "mail-server"] });
  const save = async () => {
    await api.save(body());
    void done();
  };
  const test = useMutation({ mutationFn: (send: boolean) => api.test({ ...body(), send }) });
  const drop = useMutation({ mutationFn: api.drop, onSuccess: () => (void done(), onClose()) });
  const kept = of?.has_secret ? t("desk.mailbox.kept") : undefined;
  return (
    <FormDialog title={title} onClose={onClose} onSave={save} width={560} fields={["host", "port", "security", "username", "auth", "password", "token_url", "client_id", "refresh_token", "client_secret"]}>
      {(about) => (
        <>
          {of ? <ServerState of={of} /> : <p className="meta">{inbox ? t("desk.server.lead") : t("desk.server.lead_all")}</p>}
          <div className="desk-pair">
            <TextField label={t("desk.server.host")} value={form.host} required maxLength={253} placeholder="smtp.example.com" autoCapitalize="off" spellCheck={false} error={about("host")} onChange={(e) => set({ host: e.target.value })} />
            <TextField label={t("desk.mailbox.port")} type="number" min={1} max={65535} value={form.port} required error={about("port")} onChange={(e) => set({ port: Number(e.target.value) })} />
          </div>
          <div className="desk-pair">
            <SelectField label={t("desk.mailbox.security")} value={form.security} error={about("security")} onChange={(e) => {
              const security = e.target.value as Form["security"];
              set({ security, ...(form.port === usual[form.security] && { port: usual[security] }) });
            }}>
              <option value="starttls">{t("desk.mailbox.security.starttls")}</option>
              <option value="tls">{t("desk.mailbox.security.tls")}</option>
              <option value="none">{t("desk.mailbox.security.none")}</option>
            </SelectField>
            <SelectField label={t("desk.mailbox.auth")} value={form.auth} error={about("auth")} onChange={(e) => set({ auth: e.target.value as Form["auth"] })}>
              <option value="password">{t("desk.mailbox.auth.password")}</option>
              <option value="oauth2">{t("desk.mailbox.auth.oauth2")}</option>
              <option value="none">{t("desk.server.auth.none")}</option>
            </SelectField>
          </div>
          {form.auth !== "none" && <TextField label={t("desk.mailbox.username")} value={form.username} required maxLength={320} autoComplete="off" autoCapitalize="off" spellCheck={false} error={about("username")} onChange={(e) => set({ username: e.target.value })} />}
          {form.auth === "password" && <TextField label={t("desk.mailbox.password")} hint={kept} type="password" autoComplete="new-password" value={form.password} error={about("password")} onChange={(e) => set({ password: e.target.value })} />}
          {form.auth === "oauth2" && (
            <>
              <TextField label={t("desk.mailbox.token_url")} type="url" value={form.token_url} required maxLength={1000} error={about("token_url")} onChange={(e) => set({ token_url: e.target.value })} />
              <div className="desk-pair">
                <TextField label={t("desk.mailbox.client_id")} value={form.client_id} required maxLength={500} autoComplete="off" error={about("client_id")} onChange={(e) => set({ client_id: e.target.value })} />
                <TextField label={t("desk.mailbox.client_secret")} hint={kept} type="password" autoComplete="new-password" value={form.client_secret} error={about("client_secret")} onChange={(e) => set({ client_secret: e.target.value })} />
              </div>
              <TextField label={t("desk.mailbox.refresh_token")} hint={kept} type="password" autoComplete="new-password" value={form.refresh_token} error={about("refresh_token")} onChange={(e) => set({ refresh_token: e.target.value })} />
            </>
          )}
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
