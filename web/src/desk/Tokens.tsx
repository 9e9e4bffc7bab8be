import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client, once } from "@/api/client";
import { type Key, known, t, tn } from "@/app/i18n";
import { useMay, useMe } from "@/app/session";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Check, Select, SelectField, TextField } from "@/ui/Field";
import { Page } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { toast } from "@/ui/toast";
import { SecretDialog } from "./SecretDialog";
import { useAgents } from "./machinery";
import { DeskTable, FormDialog, RowName, usePages } from "./parts";

type Token = Schema<"APIToken">;

const key = ["desk", "tokens"];

const scopeName = (scope: string, otherwise = scope) => (known(`desk.tokens.scope.${scope}`) ? t(`desk.tokens.scope.${scope}` as Key) : otherwise);

/** Tokens for programs: made and shown once, looked through, revoked; those of others too by whoever keeps people. */
export function Tokens() {
  const me = useMe();
  const person = Number((useSearch({ strict: false }) as { person?: unknown }).person) || me.person.id;
  const others = useMay("people.manage");
  const list = usePages([...key, person], (cursor) => call(client.GET("/api-tokens", { params: { query: { ...cursor, person } } })));
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<{ name: string; secret: string }>();
  const [end, setEnd] = useState<Token>();
  const queries = useQueryClient();
  const own = person === me.person.id;
  const add = useMay("tokens.manage") && own && (
    <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>
      {t("desk.tokens.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.tokens")} lead={t("desk.tokens.lead")} actions={add}>
      <div className="machine-list">
        {others && <Whose person={person} />}
        <DeskTable
          label={t("app.admin.tokens")}
          list={list}
          rows={list.items}
          id={(k) => k.id}
          empty={
            <Empty title={own ? t("desk.tokens.empty") : t("desk.tokens.empty_other")} action={add}>
              {t("desk.tokens.empty_text")}
            </Empty>
          }
          columns={[
            { label: t("desk.tokens.name"), cell: (k) => <RowName name={k.name} /> },
            { label: t("desk.tokens.scopes"), cell: (k) => <Scopes of={k.scopes} /> },
            { label: t("desk.tokens.made"), cell: (k) => <When at={k.created_at} />, nowrap: true },
            { label: t("desk.tokens.expires"), cell: (k) => <Expiry at={k.expires_at} />, nowrap: true },
          ]}
          end={(k) => (
            <Button size="sm" kind="danger" aria-label={t("desk.tokens.revoke_named", { name: k.name })} onClick={() => setEnd(k)}>
              {t("desk.tokens.revoke")}
            </Button>
          )}
        />
      </div>
      {making && <TokenForm onClose={() => setMaking(false)} onMade={setMade} />}
      {made && (
        <SecretDialog title={t("desk.tokens.shown", { name: made.name })} label={t("desk.tokens.secret")} secret={made.secret} onClose={() => setMade(undefined)}>
          <p>{t("desk.tokens.shown_text")}</p>
          <p className="meta">
            {t("desk.tokens.header")} <code className="mono">Authorization: Bearer …</code>
          </p>
        </SecretDialog>
      )}
      <Confirm
        open={!!end}
        onClose={() => setEnd(undefined)}
        title={t("desk.tokens.revoke_named", { name: end?.name ?? "" })}
        action={t("desk.tokens.revoke")}
        onConfirm={async () => {
          if (!end) return;
          await call(client.DELETE("/api-tokens/{id}", { params: { path: { id: end.id } } }));
          toast(t("desk.tokens.revoked", { name: end.name }));
          void queries.invalidateQueries({ queryKey: key });
        }}
      >
        <p>{t("desk.tokens.revoke_text")}</p>
      </Confirm>
    </Page>
  );
}

function Whose({ person }: { person: number }) {
  const me = useMe().person;
  const go = useNavigate();
  const agents = useAgents();
  return (
    <div className="machine-bar">
      <Select
        aria-label={t("desk.tokens.whose")}
        value={person}
        onChange={(e) => void go({ to: "/admin/tokens" as "/admin", search: (Number(e.target.value) === me.id ? {} : { person: Number(e.target.value) }) as never, replace: true })}
      >
        <option value={me.id}>{t("desk.tokens.own")}</option>
        {agents
          .filter((a) => a.id !== me.id)
          .map((a) => (
            <option key={a.id} value={a.id}>
              {a.name}
            </option>
          ))}
      </Select>
    </div>
  );
}

function Scopes({ of }: { of: string[] }) {
  if (of.length === 0) return <span className="meta">{t("desk.tokens.reads")}</span>;
  return (
    <span className="cluster machine-badges">
      {of.slice(0, 3).map((s) => (
        <Badge key={s} title={s}>
          {scopeName(s)}
        </Badge>
      ))}
      {of.length > 3 && <span className="meta" title={of.slice(3).map((s) => scopeName(s)).join(", ")}>{tn("desk.tokens.more", of.length - 3)}</span>}
    </span>
  );
}

function Expiry({ at }: { at: string | null }) {
  if (!at) return <>{t("desk.tokens.never")}</>;
  const soon = new Date(at).getTime() - Date.now() < 7 * 86_400_000;
  return soon ? (
    <Badge tone="warn">
      <When at={at} as="ago" />
    </Badge>
  ) : (
    <When at={at} />
  );
}

const spans = [30, 90, 365] as const;

function TokenForm({ onClose, onMade }: { onClose: () => void; onMade: (made: { name: string; secret: string }) => void }) {
  const queries = useQueryClient();
  const mine = useMe().permissions;
  const permissions = useQuery({ queryKey: ["desk", "permissions"], queryFn: () => call(client.GET("/permissions")), staleTime: 600_000 }).data?.items ?? [];
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([]);
  const [span, setSpan] = useState("90");
  const [until, setUntil] = useState("");
  const save = async () => {
    const expires = span === "date" ? new Date(until).toISOString() : span ? new Date(Date.now() + Number(span) * 86_400_000).toISOString() : null;
    const made = await call(client.POST("/api-tokens", { headers: once(), body: { name, scopes, expires_at: expires } }));
    void queries.invalidateQueries({ queryKey: key });
    if (made.token) onMade({ name: made.name, secret: made.token });
  };
  return (
    <FormDialog title={t("desk.tokens.new")} action={t("desk.tokens.make")} onClose={onClose} onSave={save} fields={["name", "scopes", "expires_at"]}>
      {(about) => (
        <>
          <TextField label={t("desk.tokens.name")} hint={t("desk.tokens.name_hint")} value={name} required maxLength={200} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <div className="desk-pair">
            <SelectField label={t("desk.tokens.expires")} value={span} error={about("expires_at")} onChange={(e) => setSpan(e.target.value)}>
              {spans.map((d) => (
                <option key={d} value={d}>
                  {tn("desk.tokens.days", d)}
                </option>
              ))}
              <option value="date">{t("desk.tokens.date")}</option>
              <option value="">{t("desk.tokens.never")}</option>
            </SelectField>
            {span === "date" && <TextField label={t("desk.tokens.until")} type="datetime-local" required value={until} onChange={(e) => setUntil(e.target.value)} />}
          </div>
          <fieldset className="desk-set">
            <legend>{t("desk.tokens.scopes")}</legend>
            <p className="meta">{t("desk.tokens.scopes_hint")}</p>
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
            <div className="desk-scroll" role="group" aria-label={t("desk.tokens.scopes")} tabIndex={0}>
              {permissions
                .filter((p) => mine.includes(p.name))
                .map((p) => (
                  <Check key={p.name} checked={scopes.includes(p.name)} hint={<span className="mono">{p.name}</span>} onChange={(e) => setScopes(e.target.checked ? [...scopes, p.name] : scopes.filter((s) => s !== p.name))}>
                    {scopeName(p.name, p.help)}
                  </Check>
                ))}
            </div>
            {about("scopes") && (
              <p className="banner" data-tone="danger" role="alert">
                {about("scopes")}
              </p>
            )}
            <p className="meta" role="status">
              {scopes.length ? tn("desk.tokens.count", scopes.length) : t("desk.tokens.reads")}
            </p>
          </fieldset>
        </>
      )}
    </FormDialog>
  );
}
