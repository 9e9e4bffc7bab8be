import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Ellipsis, Pencil, PlugZap, Trash2, UserPlus } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Switch } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { Menu, MenuItem } from "@/ui/Menu";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { type Provider, allRoles, providerList, providerTest } from "./SignInForm";
import "./SignIn.css";

/** One provider: whether it is on, what it does with people who are unknown, and a test. */
export function ProviderItem({ provider: p, onEdit }: { provider: Provider; onEdit: () => void }) {
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState(false);
  const at = { params: { path: { id: p.id } } };
  const turn = useMutation({
    mutationFn: (enabled: boolean) => call(client.PATCH("/sign-in-providers/{id}", { ...at, body: { enabled } })),
    onMutate: async (enabled) => {
      await queries.cancelQueries(providerList);
      const before = queries.getQueryData(providerList.queryKey);
      if (before) queries.setQueryData(providerList.queryKey, { ...before, items: before.items.map((o) => (o.id === p.id ? { ...o, enabled } : o)) });
      return { before };
    },
    onError: (error, _, kept) => {
      if (kept?.before) queries.setQueryData(providerList.queryKey, kept.before);
      toast({ text: explain(error), error: true });
    },
    onSuccess: (_, enabled) => void toast(t(enabled ? "admin.sign_in.turned_on" : "admin.sign_in.turned_off", { name: p.name })),
    onSettled: () => queries.invalidateQueries(providerList),
  });
  // The answer stays beside the provider until it is changed or asked again.
  const test = useQuery({ ...providerTest(p), enabled: false });
  const remove = async () => {
    await call(client.DELETE("/sign-in-providers/{id}", at));
    await queries.invalidateQueries(providerList);
    toast(t("admin.sign_in.deleted", { name: p.name }));
  };
  return (
    <li className="provider">
      <div className="provider-head">
        <span className="grow">
          <span className="strong">{p.name}</span>
          <span className="meta">{p.issuer}</span>
        </span>
        <span className="provider-on">
          <span aria-hidden="true">{t(p.enabled ? "admin.sign_in.on" : "admin.sign_in.off")}</span>
          <Switch label={t("admin.sign_in.offer", { name: p.name })} checked={p.enabled} onChange={(e) => turn.mutate(e.target.checked)} />
        </span>
        <Button size="sm" icon={PlugZap} busy={test.isFetching} onClick={() => void test.refetch()} aria-label={t("admin.sign_in.test_of", { name: p.name })}>
          {t("admin.sign_in.test")}
        </Button>
        <Menu label={p.name} trigger={<IconButton icon={Ellipsis} label={t("admin.sign_in.more_of", { name: p.name })} />}>
          <MenuItem icon={Pencil} onSelect={onEdit}>
            {t("app.edit")}
          </MenuItem>
          <MenuItem icon={Trash2} danger onSelect={() => setLeaving(true)}>
            {t("app.delete")}
          </MenuItem>
        </Menu>
      </div>
      <Words of={p} />
      <div role="status">{!test.isFetching && <Result test={test} />}</div>
      <Confirm open={leaving} onClose={() => setLeaving(false)} onConfirm={remove} title={t("admin.sign_in.delete_title", { name: p.name })} action={t("app.delete")}>
        <p>{t("admin.sign_in.delete_text")}</p>
      </Confirm>
    </li>
  );
}

/** What is special about a provider. */
function Words({ of: p }: { of: Provider }) {
  const roles = useQuery(allRoles).data?.items ?? [];
  const names = p.default_roles.map((id) => roles.find((r) => r.id === id)?.name).filter(Boolean);
  return (
    <div className="provider-words">
      {p.create_agents ? (
        <Badge icon={UserPlus}>{names.length ? t("admin.sign_in.makes_as", { roles: names.join(", ") }) : t("admin.sign_in.makes")}</Badge>
      ) : (
        <Badge>{t("admin.sign_in.known_only")}</Badge>
      )}
      {p.allowed_domains.length > 0 && <Badge title={p.allowed_domains.join(", ")}>{p.allowed_domains.length > 2 ? tn("admin.sign_in.domains_n", p.allowed_domains.length) : p.allowed_domains.join(", ")}</Badge>}
      {!p.has_client_secret && <Badge tone="warn">{t("admin.sign_in.no_secret")}</Badge>}
    </div>
  );
}

type Answer = { data?: { ok: boolean; problem: string | null; authorization_endpoint: string | null; token_endpoint: string | null; userinfo_endpoint: string | null } | undefined; error: unknown };

/** What came of asking a provider. */
function Result({ test }: { test: Answer }) {
  if (test.error || (test.data && !test.data.ok)) {
    return (
      <div className="banner" data-tone="danger">
        <Icon of={CircleAlert} />
        <p>{test.error ? explain(test.error) : (test.data?.problem ?? t("app.failed"))}</p>
      </div>
    );
  }
  if (!test.data) return null;
  return (
    <div className="banner" data-tone="ok">
      <Icon of={CircleCheck} />
      <p>{t("admin.sign_in.answers")}</p>
      <dl className="provider-ends">
        <dt className="meta">{t("admin.sign_in.authorization")}</dt>
        <dd>{test.data.authorization_endpoint}</dd>
        <dt className="meta">{t("admin.sign_in.token")}</dt>
        <dd>{test.data.token_endpoint}</dd>
      </dl>
    </div>
  );
}
