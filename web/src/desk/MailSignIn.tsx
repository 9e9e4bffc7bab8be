import { t } from "@/app/i18n";
import { SelectField, TextField } from "@/ui/Field";

type Secrets = { password: string; refresh_token: string; client_secret: string };
type Security = "tls" | "starttls" | "none";

/** How to reach a mail server, and to sign in at it. */
export type MailSignInForm = Secrets & { host: string; port: number; security: Security; username: string; auth: "password" | "oauth2" | "none"; token_url: string; client_id: string };

/** The names of those fields, for the faults that the server tells. */
export const mailSignInFields = ["host", "port", "security", "username", "auth", "password", "token_url", "client_id", "refresh_token", "client_secret"];

/** sentSecrets gives a form as it is sent: a secret that is left empty stays as it is kept. */
export function sentSecrets<F extends Secrets>({ password, refresh_token, client_secret, ...rest }: F): Omit<F, keyof Secrets> & Partial<Secrets> {
  return { ...rest, ...(password && { password }), ...(refresh_token && { refresh_token }), ...(client_secret && { client_secret }) };
}

type Props<F> = {
  form: F;
  set: (change: Partial<MailSignInForm>) => void;
  about: (field: string) => string | undefined;
  host: { label: string; placeholder: string };
  /** The port of each security, which goes with it while it is the usual one. */
  usual: Record<Security, number>;
  /** Whether a server without a sign-in can be chosen. */
  open?: boolean;
  /** Whether secrets are kept already. */
  kept: boolean;
};

/** The fields of a mail server that mail is fetched from, or leaves by. */
export function MailSignIn<F extends MailSignInForm>({ form, set, about, host, usual, open = false, kept }: Props<F>) {
  const hint = kept ? t("desk.mailbox.kept") : undefined;
  const secret = (key: keyof Secrets) => (
    <TextField label={t(`desk.mailbox.${key}`)} hint={hint} type="password" autoComplete="new-password" value={form[key]} error={about(key)} onChange={(e) => set({ [key]: e.target.value })} />
  );
  return (
    <>
      <div className="desk-pair">
        <TextField label={host.label} value={form.host} required maxLength={253} placeholder={host.placeholder} autoCapitalize="off" spellCheck={false} error={about("host")} onChange={(e) => set({ host: e.target.value })} />
        <TextField label={t("desk.mailbox.port")} type="number" min={1} max={65535} value={form.port} required error={about("port")} onChange={(e) => set({ port: Number(e.target.value) })} />
      </div>
      <div className="desk-pair">
        <SelectField
          label={t("desk.mailbox.security")}
          value={form.security}
          error={about("security")}
          onChange={(e) => {
            const security = e.target.value as Security;
            set({ security, ...(form.port === usual[form.security] && { port: usual[security] }) });
          }}
        >
          <option value="tls">{t("desk.mailbox.security.tls")}</option>
          <option value="starttls">{t("desk.mailbox.security.starttls")}</option>
          <option value="none">{t("desk.mailbox.security.none")}</option>
        </SelectField>
        <SelectField label={t("desk.mailbox.auth")} value={form.auth} error={about("auth")} onChange={(e) => set({ auth: e.target.value as MailSignInForm["auth"] })}>
          <option value="password">{t("desk.mailbox.auth.password")}</option>
          <option value="oauth2">{t("desk.mailbox.auth.oauth2")}</option>
          {open && <option value="none">{t("desk.server.auth.none")}</option>}
        </SelectField>
      </div>
      {form.auth !== "none" && <TextField label={t("desk.mailbox.username")} value={form.username} required maxLength={320} autoComplete="off" autoCapitalize="off" spellCheck={false} error={about("username")} onChange={(e) => set({ username: e.target.value })} />}
      {form.auth === "password" && secret("password")}
      {form.auth === "oauth2" && (
        <>
          <TextField label={t("desk.mailbox.token_url")} type="url" value={form.token_url} required maxLength={1000} error={about("token_url")} onChange={(e) => set({ token_url: e.target.value })} />
          <div className="desk-pair">
            <TextField label={t("desk.mailbox.client_id")} value={form.client_id} required maxLength={500} autoComplete="off" error={about("client_id")} onChange={(e) => set({ client_id: e.target.value })} />
            {secret("client_secret")}
          </div>
          {secret("refresh_token")}
        </>
      )}
    </>
  );
}
