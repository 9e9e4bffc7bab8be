import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client, once } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm, Dialog } from "@/ui/Dialog";
import { Check, SelectField, TextField } from "@/ui/Field";
import { Page } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { Table, usePages } from "@/ui/Table";
import { FormDialog } from "@/ui/FormDialog";
import { CopyLine } from "@/ui/CopyLine";
import { RowName, useDo } from "./parts";

type Token = Schema<"APIToken">;

const key = ["desk", "tokens"];

/** One's own tokens for programs: made, shown once, ended. */
export function Tokens() {
  const list = usePages(key, (cursor) => call(client.GET("/api-tokens", { params: { query: cursor } })));
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<{ name: string; secret: string }>();
  const [end, setEnd] = useState<Token>();
  const doIt = useDo(key);
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>
      {t("desk.tokens.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.tokens")} lead={t("desk.tokens.lead")} actions={add}>
      <Table
        label={t("app.admin.tokens")}
        list={list}
        rows={list.items}
        id={(k) => k.id}
        empty={
          <Empty title={t("desk.tokens.empty")} action={add}>
            {t("desk.tokens.empty_text")}
          </Empty>
        }
        columns={[
          { label: t("desk.name"), cell: (k) => <RowName name={k.name} under={k.scopes.length ? k.scopes.join(", ") : t("desk.tokens.reads")} /> },
          { label: t("desk.tokens.made"), cell: (k) => <When at={k.created_at} />, nowrap: true },
          { label: t("desk.tokens.expires"), cell: (k) => (k.expires_at ? <When at={k.expires_at} as="ago" /> : t("desk.tokens.never")), nowrap: true },
        ]}
        end={(k) => (
          <Button size="sm" kind="danger" aria-label={t("desk.tokens.revoke_named", { name: k.name })} onClick={() => setEnd(k)}>
            {t("desk.tokens.revoke")}
          </Button>
        )}
      />
      {making && <TokenForm onClose={() => setMaking(false)} onMade={setMade} />}
      {made && (
        <Dialog open onClose={() => setMade(undefined)} title={t("desk.tokens.shown", { name: made.name })} foot={<><span className="push" /><Button kind="primary" onClick={() => setMade(undefined)}>{t("app.done")}</Button></>}>
          <p>{t("desk.tokens.shown_text")}</p>
          <CopyLine text={made.secret} label={t("desk.tokens.secret")} />
          <p className="meta mono">Authorization: Bearer …</p>
        </Dialog>
      )}
      <Confirm
        open={!!end}
        onClose={() => setEnd(undefined)}
        title={t("desk.tokens.revoke_named", { name: end?.name ?? "" })}
        action={t("desk.tokens.revoke")}
        onConfirm={async () => end && (await call(client.DELETE("/api-tokens/{id}", { params: { path: { id: end.id } } })), doIt(async () => undefined))}
      >
        <p>{t("desk.tokens.revoke_text")}</p>
      </Confirm>
    </Page>
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
  const [attempt] = useState(once);
  const save = async () => {
    const expires = span === "date" ? new Date(until).toISOString() : span ? new Date(Date.now() + Number(span) * 86_400_000).toISOString() : null;
    const made = await call(client.POST("/api-tokens", { headers: attempt, body: { name, scopes, expires_at: expires } }));
    void queries.invalidateQueries({ queryKey: key });
    if (made.token) onMade({ name: made.name, secret: made.token });
  };
  return (
    <FormDialog title={t("desk.tokens.new")} action={t("desk.tokens.make")} onClose={onClose} onSave={save} fields={["name", "scopes", "expires_at"]}>
      {(about) => (
        <>
          <TextField label={t("desk.name")} hint={t("desk.tokens.name_hint")} value={name} required maxLength={200} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <div className="desk-pair">
            <SelectField label={t("desk.tokens.expires")} value={span} error={about("expires_at")} onChange={(e) => setSpan(e.target.value)}>
              {spans.map((d) => (
                <option key={d} value={d}>
                  {tn("desk.days", d)}
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
                    {p.help}
                  </Check>
                ))}
            </div>
            {about("scopes") && (
              <p className="banner" data-tone="danger" role="alert">
                {about("scopes")}
              </p>
            )}
          </fieldset>
          <Badge icon={KeyRound}>{scopes.length ? tn("desk.tokens.count", scopes.length) : t("desk.tokens.reads")}</Badge>
        </>
      )}
    </FormDialog>
  );
}
