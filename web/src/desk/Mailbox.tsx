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
import { MailSignIn, mailSignInFields, sentSecrets } from "./MailSignIn";
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
  const body = () => sentSecrets(form);
  const done = () => queries.invalidateQueries({ queryKey: keyOf(inbox.id) });
  const save = async () => {
    await call(client.PUT("/inboxes/{id}/mailbox", { ...path, body: body() }));
    void done();
  };
  const test = useMutation({ mutationFn: () => call(client.POST("/inboxes/{id}/mailbox/test", { ...path, headers: once(), body: body() })) });
  const drop = useMutation({ mutationFn: () => call(client.DELETE("/inboxes/{id}/mailbox", path)), onSuccess: () => (void done(), onClose()) });
  const after: [Form["after_fetch"], Key][] = [["seen", "desk.mailbox.after.seen"], ["move", "desk.mailbox.after.move"], ["delete", "desk.mailbox.after.delete"]];
  return (
    <FormDialog title={t("desk.mailbox.title", { name: inbox.name })} onClose={onClose} onSave={save} width={560}
      fields={[...mailSignInFields, "folder", "after_fetch", "move_to", "trusted_host"]}>
      {(about) => (
        <>
          {of && <State of={of} />}
          <MailSignIn form={form} set={(change) => set(change as Partial<Form>)} about={about} host={{ label: t("desk.mailbox.host"), placeholder: "imap.example.com" }} usual={usual} kept={of?.has_secret === true} />
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
