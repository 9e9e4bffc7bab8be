import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plug, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError, type Schema, call, client, once } from "@/api/client";
import { type Key, t, tn } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Check, SelectField, TextField } from "@/ui/Field";
import { When } from "@/ui/When";
import { Failed, Skeleton, explain } from "@/ui/states";
import { Dialog } from "@/ui/Dialog";
import type { Inbox } from "./lists";
import { FormDialog } from "@/ui/FormDialog";

type Box = Schema<"Mailbox">;
type Form = Required<Omit<Schema<"MailboxSettings">, "password" | "refresh_token" | "client_secret">> & { password: string; refresh_token: string; client_secret: string };

const keyOf = (inbox: number) => ["desk", "mailbox", inbox];
const usual = { tls: 993, starttls: 143, none: 143 } as const;

/** The mailbox that an inbox fetches its mail from. */
export function Mailbox({ inbox, onClose }: { inbox: Inbox; onClose: () => void }) {
  const box = useQuery({
    queryKey: keyOf(inbox.id),
    // An inbox without one is no fault.
    queryFn: () => call(client.GET("/inboxes/{id}/mailbox", { params: { path: { id: inbox.id } } })).catch((e: unknown) => (e instanceof ApiError && e.status === 404 ? null : Promise.reject(e))),
    staleTime: 0,
  });
  if (box.data === undefined) {
    return (
      <Dialog open onClose={onClose} title={t("desk.mailbox.title", { name: inbox.name })}>
        {box.error ? <Failed error={box.error} retry={() => void box.refetch()} /> : <Skeleton lines={5} height={20} />}
      </Dialog>
    );
  }
  return <MailboxForm inbox={inbox} of={box.data} onClose={onClose} />;
}

function MailboxForm({ inbox, of, onClose }: { inbox: Inbox; of: Box | null; onClose: () => void }) {
  const queries = useQueryClient();
  const path = { params: { path: { id: inbox.id } } };
  const [form, setForm] = useState<Form>(() => ({
    host: of?.host ?? "", port: of?.port ?? 993, security: of?.security ?? "tls", username: of?.username ?? inbox.address, auth: of?.auth ?? "password",
    token_url: of?.token_url ?? "", client_id: of?.client_id ?? "", folder: of?.folder ?? "INBOX", after_fetch: of?.after_fetch ?? "seen", move_to: of?.move_to ?? "",
    trusted_host: of?.trusted_host ?? "", active: of?.active ?? true, password: "", refresh_token: "", client_secret: "",
  }));
  const set = (change: Partial<Form>) => setForm((f) => ({ ...f, ...change }));
  // What is left empty stays as it is kept.
  const body = () => {
    const { password, refresh_token, client_secret, ...rest } = form;
    return { ...rest, ...(password && { password }), ...(refresh_token && { refresh_token }), ...(client_secret && { client_secret }) };
  };
  const done = () => queries.invalidateQueries({ queryKey: keyOf(inbox.id) });
  const save = async () => {
    await call(client.PUT("/inboxes/{id}/mailbox", { ...path, body: body() }));
    void done();
  };
  const test = useMutation({ mutationFn: () => call(client.POST("/inboxes/{id}/mailbox/test", { ...path, headers: once(), body: body() })) });
  const drop = useMutation({ mutationFn: () => call(client.DELETE("/inboxes/{id}/mailbox", path)), onSuccess: () => (void done(), onClose()) });
  const kept = of?.has_secret ? t("desk.mailbox.kept") : undefined;
  const after: [Form["after_fetch"], Key][] = [["seen", "desk.mailbox.after.seen"], ["move", "desk.mailbox.after.move"], ["delete", "desk.mailbox.after.delete"]];
  return (
    <FormDialog title={t("desk.mailbox.title", { name: inbox.name })} onClose={onClose} onSave={save} width={560}
      fields={["host", "port", "security", "username", "auth", "password", "token_url", "client_id", "refresh_token", "client_secret", "folder", "after_fetch", "move_to", "trusted_host"]}>
      {(about) => (
        <>
          {of && <State of={of} />}
          <div className="desk-pair">
            <TextField label={t("desk.mailbox.host")} value={form.host} required maxLength={253} placeholder="imap.example.com" autoCapitalize="off" spellCheck={false} error={about("host")} onChange={(e) => set({ host: e.target.value })} />
            <TextField label={t("desk.mailbox.port")} type="number" min={1} max={65535} value={form.port} required error={about("port")} onChange={(e) => set({ port: Number(e.target.value) })} />
          </div>
          <div className="desk-pair">
            <SelectField label={t("desk.mailbox.security")} value={form.security} error={about("security")} onChange={(e) => {
              const security = e.target.value as Form["security"];
              set({ security, ...(form.port === usual[form.security] && { port: usual[security] }) });
            }}>
              <option value="tls">{t("desk.mailbox.security.tls")}</option>
              <option value="starttls">{t("desk.mailbox.security.starttls")}</option>
              <option value="none">{t("desk.mailbox.security.none")}</option>
            </SelectField>
            <SelectField label={t("desk.mailbox.auth")} value={form.auth} error={about("auth")} onChange={(e) => set({ auth: e.target.value as Form["auth"] })}>
              <option value="password">{t("desk.mailbox.auth.password")}</option>
              <option value="oauth2">{t("desk.mailbox.auth.oauth2")}</option>
            </SelectField>
          </div>
          <TextField label={t("desk.mailbox.username")} value={form.username} required maxLength={320} autoComplete="off" autoCapitalize="off" spellCheck={false} error={about("username")} onChange={(e) => set({ username: e.target.value })} />
          {form.auth === "password" ? (
            <TextField label={t("desk.mailbox.password")} hint={kept} type="password" autoComplete="new-password" value={form.password} error={about("password")} onChange={(e) => set({ password: e.target.value })} />
          ) : (
            <>
              <TextField label={t("desk.mailbox.token_url")} type="url" value={form.token_url} required maxLength={1000} error={about("token_url")} onChange={(e) => set({ token_url: e.target.value })} />
              <div className="desk-pair">
                <TextField label={t("desk.mailbox.client_id")} value={form.client_id} required maxLength={500} autoComplete="off" error={about("client_id")} onChange={(e) => set({ client_id: e.target.value })} />
                <TextField label={t("desk.mailbox.client_secret")} hint={kept} type="password" autoComplete="new-password" value={form.client_secret} error={about("client_secret")} onChange={(e) => set({ client_secret: e.target.value })} />
              </div>
              <TextField label={t("desk.mailbox.refresh_token")} hint={kept} type="password" autoComplete="new-password" value={form.refresh_token} error={about("refresh_token")} onChange={(e) => set({ refresh_token: e.target.value })} />
            </>
          )}
          <div className="desk-pair">
            <TextField label={t("desk.mailbox.folder")} value={form.folder} required maxLength={500} error={about("folder")} onChange={(e) => set({ folder: e.target.value })} />
            <SelectField label={t("desk.mailbox.after")} value={form.after_fetch} error={about("after_fetch")} onChange={(e) => set({ after_fetch: e.target.value as Form["after_fetch"] })}>
              {after.map(([value, key]) => (
                <option key={value} value={value}>
                  {t(key)}
                </option>
              ))}
            </SelectField>
          </div>
          {form.after_fetch === "move" && <TextField label={t("desk.mailbox.move_to")} value={form.move_to} required maxLength={500} error={about("move_to")} onChange={(e) => set({ move_to: e.target.value })} />}
          <TextField label={t("desk.mailbox.trusted")} hint={t("desk.mailbox.trusted_hint")} value={form.trusted_host} maxLength={253} placeholder="mx.example.com" autoCapitalize="off" spellCheck={false} error={about("trusted_host")} onChange={(e) => set({ trusted_host: e.target.value })} />
          <Check checked={form.active} onChange={(e) => set({ active: e.target.checked })}>
            {t("desk.mailbox.active")}
          </Check>
          <div className="cluster">
            <Button icon={Plug} busy={test.isPending} onClick={() => test.mutate()}>
              {t("desk.mailbox.test")}
            </Button>
            {of && (
              <Button kind="danger" icon={Trash2} busy={drop.isPending} onClick={() => drop.mutate()}>
                {t("desk.mailbox.delete")}
              </Button>
            )}
          </div>
          <Outcome test={test.data} error={test.error ?? drop.error} />
        </>
      )}
    </FormDialog>
  );
}

/** How fetching went lately. */
function State({ of }: { of: Box }) {
  const { last_error, fetched_at, mail_at } = of.state;
  if (last_error) {
    return (
      <p className="banner" data-tone="danger" role="status">
        {last_error}
      </p>
    );
  }
  if (!fetched_at) return <p className="meta">{of.active ? t("desk.mailbox.not_yet") : t("desk.mailbox.off")}</p>;
  return (
    <p className="meta">
      {t("desk.mailbox.looked")} <When at={fetched_at} />
      {mail_at && (
        <>
          {" · "}
          {t("desk.mailbox.last_mail")} <When at={mail_at} />
        </>
      )}
    </p>
  );
}

function Outcome({ test, error }: { test: Schema<"MailboxReport"> | undefined; error: unknown }) {
  const text = error ? explain(error) : test && (test.ok ? `${tn("desk.mailbox.test_ok", test.messages)} ${test.idle ? t("desk.mailbox.idle") : t("desk.mailbox.poll")}` : test.problem);
  return (
    <div role="status">
      {text && (
        <p className="banner" data-tone={error || !test?.ok ? "danger" : "ok"}>
          {text}
        </p>
      )}
    </div>
  );
}
