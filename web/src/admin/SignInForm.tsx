import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { ApiError, type Schema, call, client, once } from "@/api/client";
import { t } from "@/app/i18n";
import { useMay, useMe } from "@/app/session";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Check, TextField, WordsField } from "@/ui/Field";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { CopyLine } from "@/ui/CopyLine";
import "./SignIn.css";

export type Provider = Schema<"Provider">;

export const providerList = queryOptions({ queryKey: ["sign-in-providers"], queryFn: () => call(client.GET("/sign-in-providers")) });

export const allRoles = queryOptions({ queryKey: ["roles", "all"], queryFn: () => call(client.GET("/roles", { params: { query: { limit: 200 } } })) });

/** Asking a provider where it is reached. A changed provider was not asked yet. */
export const providerTest = (p: Pick<Provider, "id" | "updated_at" | "issuer">) =>
  queryOptions({
    queryKey: ["sign-in-test", p.id, p.issuer],
    queryFn: () => call(client.POST("/sign-in-providers/{id}/test", { params: { path: { id: p.id } } })),
    retry: false,
    staleTime: Infinity,
  });

/** What to enter at a provider, as long as none was made. */
export const redirectOf = (base: string) => `${base.replace(/\/$/, "")}/sign-in/oidc/callback`;

const placed = ["name", "issuer", "client_id", "client_secret", "allowed_domains", "default_roles"];

/** A dialog that makes a provider or changes one, and then asks the provider whether it is there. */
export function ProviderForm({ provider, onClose }: { provider: Provider | undefined; onClose: () => void }) {
  const queries = useQueryClient();
  const base = useMe().account.base_url;
  const form = useRef<HTMLFormElement>(null);
  const first = useRef<HTMLInputElement>(null);
  const [key, setKey] = useState(() => crypto.randomUUID()); // one for each text of the form, so that a lost answer makes no second provider
  const [values, setValues] = useState({
    name: provider?.name ?? "",
    issuer: provider?.issuer ?? "",
    client_id: provider?.client_id ?? "",
    client_secret: "",
    no_secret: false,
    allowed_domains: provider?.allowed_domains ?? [],
    create_agents: provider?.create_agents ?? false,
    default_roles: provider?.default_roles ?? [],
  });
  const [start] = useState(values);
  const [leaving, setLeaving] = useState(false);
  const set = (part: Partial<typeof values>) => {
    setLeaving(false);
    setKey(crypto.randomUUID());
    setValues((v) => ({ ...v, ...part }));
  };
  const save = useMutation({
    mutationFn: (): Promise<Provider> => {
      const { no_secret, client_secret, ...rest } = values;
      const secret = no_secret ? { client_secret: "" } : client_secret ? { client_secret } : {};
      const body = { ...rest, ...secret };
      return provider ? call(client.PATCH("/sign-in-providers/{id}", { params: { path: { id: provider.id } }, body })) : call(client.POST("/sign-in-providers", { body, headers: once(key) }));
    },
    onSuccess: async (made) => {
      await queries.invalidateQueries(providerList);
      void queries.fetchQuery({ ...providerTest(made), staleTime: 0 }).catch(() => undefined);
      toast(t(provider ? "app.saved" : "admin.sign_in.made", { name: made.name }));
      onClose();
    },
  });
  const fault = save.error;
  useEffect(() => {
    if (fault) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [fault]);
  const about = (field: string) => (fault instanceof ApiError ? (fault.faults.find((f) => new RegExp(`^(body\\.)?${field}(\\[|$)`).test(f.location))?.message ?? "") : "");
  const close = () => {
    if (save.isPending) return;
    if (JSON.stringify(values) === JSON.stringify(start) || leaving) onClose();
    else setLeaving(true);
  };
  return (
    <Dialog
      open
      onClose={close}
      title={provider ? t("admin.sign_in.edit_title", { name: provider.name }) : t("admin.sign_in.add")}
      initialFocus={first}
      foot={
        leaving ? (
          <>
            <span role="alert">{t("admin.sign_in.discard")}</span>
            <span className="push" />
            <Button onClick={() => setLeaving(false)}>{t("admin.sign_in.keep")}</Button>
            <Button kind="danger" onClick={onClose}>
              {t("admin.sign_in.discard_do")}
            </Button>
          </>
        ) : (
          <>
            <span className="push" />
            <Button onClick={close}>{t("app.cancel")}</Button>
            <Button kind="primary" busy={save.isPending} onClick={() => form.current?.requestSubmit()}>
              {provider ? t("app.save") : t("admin.sign_in.make")}
            </Button>
          </>
        )
      }
    >
      <form
        ref={form}
        className="form-stack"
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          if (!save.isPending) save.mutate();
        }}
      >
        <div className="form-set">
          <p className="meta">{t("admin.sign_in.redirect_hint")}</p>
          <CopyLine text={provider?.redirect_uri ?? redirectOf(base)} label={t("admin.sign_in.redirect")} />
        </div>
        <TextField ref={first} label={t("admin.sign_in.name")} hint={t("admin.sign_in.name_hint")} error={about("name")} maxLength={200} value={values.name} onChange={(e) => set({ name: e.target.value })} />
        <TextField label={t("admin.sign_in.issuer")} hint={t("admin.sign_in.issuer_hint")} error={about("issuer")} inputMode="url" maxLength={500} placeholder="https://login.example.com" value={values.issuer} onChange={(e) => set({ issuer: e.target.value })} />
        <TextField label={t("admin.sign_in.client_id")} error={about("client_id")} maxLength={200} value={values.client_id} onChange={(e) => set({ client_id: e.target.value })} />
        <div className="form-set">
          <TextField
            label={t("admin.sign_in.secret")}
            hint={t(provider?.has_client_secret ? "admin.sign_in.secret_kept" : "admin.sign_in.secret_hint")}
            error={about("client_secret")}
            type="password"
            autoComplete="new-password"
            maxLength={500}
            disabled={values.no_secret}
            value={values.client_secret}
            onChange={(e) => set({ client_secret: e.target.value })}
          />
          {provider?.has_client_secret && (
            <Check checked={values.no_secret} onChange={(e) => set({ no_secret: e.target.checked, client_secret: "" })}>
              {t("admin.sign_in.secret_remove")}
            </Check>
          )}
        </div>
        <WordsField label={t("admin.sign_in.domains")} hint={t("admin.sign_in.domains_hint")} error={about("allowed_domains")} placeholder="example.com" words={values.allowed_domains} onChange={(allowed_domains) => set({ allowed_domains })} />
        <Check checked={values.create_agents} onChange={(e) => set({ create_agents: e.target.checked })} hint={t("admin.sign_in.create_hint")}>
          {t("admin.sign_in.create")}
        </Check>
        {values.create_agents && <RolePicks chosen={values.default_roles} error={about("default_roles")} onChange={(default_roles) => set({ default_roles })} />}
        {fault && !placed.some((f) => about(f)) && (
          <p className="banner" data-tone="danger" role="alert">
            {explain(fault)}
          </p>
        )}
        <button type="submit" hidden tabIndex={-1} aria-hidden="true" />
      </form>
    </Dialog>
  );
}

/** The roles of agents who are made at their first sign-in. Only those are offered that this person could give. */
function RolePicks({ chosen, error, onChange }: { chosen: number[]; error: string; onChange: (ids: number[]) => void }) {
  const roles = useQuery(allRoles).data?.items ?? [];
  const may = useMe().permissions;
  const gives = useMay("roles.manage");
  const offered = roles.filter((r) => chosen.includes(r.id) || (gives && r.permissions.every((p) => may.includes(p))));
  return (
    <fieldset className="form-set form-sub" aria-describedby="roles-hint">
      <legend>{t("admin.sign_in.roles")}</legend>
      <div className="form-scroll">
        {offered.map((r) => (
          <Check key={r.id} checked={chosen.includes(r.id)} disabled={!gives && !chosen.includes(r.id)} onChange={(e) => onChange(e.target.checked ? [...chosen, r.id] : chosen.filter((id) => id !== r.id))}>
            {r.name}
          </Check>
        ))}
      </div>
      <p className="meta" id="roles-hint">
        {t("admin.sign_in.roles_hint")}
      </p>
      {error && (
        <p className="banner" data-tone="danger" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
