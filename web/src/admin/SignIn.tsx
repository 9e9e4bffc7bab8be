import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { me } from "@/api/queries";
import { type Key, t } from "@/app/i18n";
import { useMay, useMe } from "@/app/session";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Select, Switch } from "@/ui/Field";
import { Page, Section } from "@/ui/Page";
import { Empty, Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { CopyLine } from "@/ui/CopyLine";
import { ProviderItem } from "./SignInProvider";
import { type Provider, ProviderForm, providerList, redirectOf } from "./SignInForm";
import "./SignIn.css";

const demands = ["off", "administrators", "agents"] as const;
type Demand = (typeof demands)[number];
type Rules = { "security.require_totp": Demand; "security.password_sign_in": boolean };

/** How agents sign in: with what rules, and through which providers. */
export function SignIn() {
  const providers = useQuery(providerList);
  const [edited, setEdited] = useState<Provider | "new">();
  const items = providers.data?.items ?? [];
  const add = (
    <Button icon={Plus} onClick={() => setEdited("new")}>
      {t("admin.sign_in.add")}
    </Button>
  );
  return (
    <Page title={t("admin.sign_in.title")} lead={t("admin.sign_in.lead")}>
      <RuleSection providers={items} />
      <Section title={t("admin.sign_in.providers")} lead={t("admin.sign_in.providers_hint")} actions={items.length > 0 ? add : undefined}>
        {providers.isPending && <Skeleton lines={3} height={20} />}
        {providers.error && <Failed error={providers.error} retry={() => void providers.refetch()} />}
        {providers.data && items.length === 0 && (
          <Empty title={t("admin.sign_in.none")} drawing="share" action={add}>
            {t("admin.sign_in.none_hint")}
          </Empty>
        )}
        {items.length > 0 && (
          <ul>
            {items.map((p) => (
              <ProviderItem key={p.id} provider={p} onEdit={() => setEdited(p)} />
            ))}
          </ul>
        )}
      </Section>
      {items.length > 0 && <RedirectSection uri={items[0]?.redirect_uri ?? ""} />}
      {edited && <ProviderForm provider={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />}
    </Page>
  );
}

function RedirectSection({ uri }: { uri: string }) {
  const account = useMe().account;
  return (
    <Section title={t("admin.sign_in.redirect")} lead={t("admin.sign_in.redirect_hint")}>
      <CopyLine text={uri || redirectOf(account.base_url)} label={t("admin.sign_in.redirect")} />
    </Section>
  );
}

/** What agents need besides a password, and whether a password will do at all. */
function RuleSection({ providers }: { providers: Provider[] }) {
  const queries = useQueryClient();
  const may = useMay("settings.manage");
  const own = useMe().totp;
  const [asked, setAsked] = useState<Demand>();
  const rules = useQuery({ queryKey: ["settings"], queryFn: () => call(client.GET("/settings")) as Promise<Record<string, unknown>> });
  const save = useMutation({
    mutationFn: (patch: Partial<Rules>) => call(client.PATCH("/settings", { body: patch })) as Promise<Record<string, unknown>>,
    onMutate: async (patch) => {
      await queries.cancelQueries({ queryKey: ["settings"] });
      const before = queries.getQueryData<Record<string, unknown>>(["settings"]);
      queries.setQueryData(["settings"], { ...before, ...patch });
      return { before };
    },
    onError: (error, _, kept) => {
      queries.setQueryData(["settings"], kept?.before);
      toast({ text: explain(error), error: true });
    },
    onSuccess: async (all) => {
      queries.setQueryData(["settings"], all);
      toast(t("app.saved"));
      await queries.invalidateQueries(me);
    },
  });
  if (rules.isPending) return <Skeleton lines={4} height={20} />;
  if (rules.error) return <Failed error={rules.error} retry={() => void rules.refetch()} />;
  const now = rules.data as unknown as Rules;
  const passwords = now["security.password_sign_in"];
  const enabled = providers.some((p) => p.enabled);
  const demand = now["security.require_totp"];
  const pick = (next: Demand) => {
    if (next !== "off" && !own.on) setAsked(next);
    else save.mutate({ "security.require_totp": next });
  };
  const why: Key | "" = !may ? "admin.sign_in.no_right" : passwords && !enabled ? "admin.sign_in.password_refused" : "";
  return (
    <Section title={t("admin.sign_in.rules")}>
      <div>
        <div className="rule">
          <div>
            <span className="strong" id="rule-totp">
              {t("admin.sign_in.totp")}
            </span>
            <p id="rule-totp-hint">{t(`admin.sign_in.totp_hint.${demand}`)}</p>
          </div>
          <Select aria-labelledby="rule-totp" aria-describedby="rule-totp-hint" value={demand} disabled={!may} onChange={(e) => pick(e.target.value as Demand)}>
            {demands.map((d) => (
              <option key={d} value={d}>
                {t(`admin.sign_in.totp.${d}`)}
              </option>
            ))}
          </Select>
        </div>
        <div className="rule">
          <div>
            <span className="strong">{t("admin.sign_in.password")}</span>
            <p id="rule-password-hint">{t(passwords ? "admin.sign_in.password_on" : "admin.sign_in.password_off")}</p>
            {why && <p id="rule-password-why">{t(why)}</p>}
          </div>
          <Switch
            label={t("admin.sign_in.password")}
            aria-describedby={why ? "rule-password-hint rule-password-why" : "rule-password-hint"}
            checked={passwords}
            disabled={!!why}
            onChange={(e) => save.mutate({ "security.password_sign_in": e.target.checked })}
          />
        </div>
      </div>
      <Confirm
        open={asked !== undefined}
        onClose={() => setAsked(undefined)}
        onConfirm={() => save.mutateAsync({ "security.require_totp": asked ?? "off" })}
        title={t("admin.sign_in.totp_self")}
        action={t("admin.sign_in.totp_self_do")}
        danger={false}
      >
        <p>{t("admin.sign_in.totp_self_text")}</p>
      </Confirm>
    </Section>
  );
}
