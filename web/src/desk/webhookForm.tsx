import { useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client, once } from "@/api/client";
import { type Key, t } from "@/app/i18n";
import { Button, IconButton } from "@/ui/Button";
import { Check, Field, TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { Condition } from "./Condition";
import { useBrands, useGroups, useInboxes } from "./lists";

export type Hook = Schema<"Webhook">;
export type MadeHook = Schema<"MadeWebhook">;

export const hooksKey = ["desk", "webhooks"];

/** The events by what they are about. Those of the inner ones are told only to a webhook that sees what is internal. */
const families: { label: Key; inner?: boolean; kinds: string[] }[] = [
  {
    label: "desk.webhooks.about.tickets",
    kinds: ["ticket.created", "ticket.updated", "ticket.message", "ticket.merged", "ticket.deleted", "ticket.restored", "ticket.linked", "ticket.unlinked"],
  },
  {
    label: "desk.webhooks.about.shares",
    kinds: [
      "ticket.share.created", "ticket.share.updated", "ticket.share.revoked", "ticket.share.expired", "ticket.share.left", "ticket.share.opened",
      "ticket.share.declined_cap",
    ],
  },
  { label: "desk.webhooks.about.links", kinds: ["ticket.link.created", "ticket.link.updated", "ticket.link.used", "ticket.link.revoked"] },
  { label: "desk.webhooks.about.partners", inner: true, kinds: ["ticket.partner.shared", "ticket.partner.unshared", "ticket.partner.state"] },
  { label: "desk.webhooks.about.access", inner: true, kinds: ["ticket.access.requested", "ticket.access.granted", "ticket.access.refused"] },
  { label: "desk.webhooks.about.scheduled", inner: true, kinds: ["scheduled_reply.removed", "scheduled_reply.held", "scheduled_reply.failed", "scheduled_reply.cancelled"] },
  { label: "desk.webhooks.about.mail", inner: true, kinds: ["ticket.mail.suggested", "ticket.mail.accepted", "ticket.mail.moved", "ticket.mail.discarded"] },
  { label: "desk.webhooks.about.sla", inner: true, kinds: ["ticket.sla.breached"] },
];

export const eventName = (kind: string) => (kind === "all" ? t("desk.webhooks.every") : t(`desk.webhooks.event.${kind}` as Key));

type Header = { name: string; value: string };
type Reach = { all: boolean; ids: number[] };

/** Makes or changes a webhook. Values of headers are shown to nobody: they stay as they are until they are typed anew. */
export function WebhookForm({ of, onClose, onMade }: { of: Hook | undefined; onClose: () => void; onMade: (made: MadeHook) => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(of?.name ?? "");
  const [url, setUrl] = useState(of?.url ?? "");
  const [all, setAll] = useState(of ? of.events.includes("all") : true);
  const [kinds, setKinds] = useState<string[]>(of?.events.filter((e) => e !== "all") ?? []);
  const [condition, setCondition] = useState<unknown>(of?.condition ?? null);
  const [internal, setInternal] = useState(of?.see_internal ?? false);
  const [brands, setBrands] = useState<Reach>({ all: of?.all_brands ?? true, ids: of?.brands ?? [] });
  const [inboxes, setInboxes] = useState<Reach>({ all: of?.all_inboxes ?? true, ids: of?.inboxes ?? [] });
  const [groups, setGroups] = useState<Reach>({ all: of?.all_groups ?? true, ids: of?.groups ?? [] });
  const [headers, setHeaders] = useState<Header[]>();
  const [attempt] = useState(once);
  const everything = { brands: useBrands(), inboxes: useInboxes(), groups: useGroups() };
  const save = async () => {
    const body = {
      name, url, events: (all ? ["all"] : kinds) as Schema<"NewWebhook">["events"], condition: condition as Schema<"NewWebhook">["condition"], see_internal: internal,
      all_brands: brands.all, brands: brands.all ? [] : brands.ids, all_inboxes: inboxes.all, inboxes: inboxes.all ? [] : inboxes.ids, all_groups: groups.all, groups: groups.all ? [] : groups.ids,
      ...(headers ? { headers: Object.fromEntries(headers.filter((h) => h.name.trim()).map((h) => [h.name.trim(), h.value])) } : {}),
    };
    if (of) await call(client.PATCH("/webhooks/{id}", { params: { path: { id: of.id } }, body }));
    else onMade(await call(client.POST("/webhooks", { headers: attempt, body })));
    void queries.invalidateQueries({ queryKey: hooksKey });
  };
  return (
    <FormDialog title={of ? t("desk.webhooks.edit") : t("desk.webhooks.new")} width={680} onClose={onClose} onSave={save} fields={["name", "url", "events", "condition", "headers", "brands", "inboxes", "groups"]}>
      {(about) => (
        <>
          <TextField label={t("desk.name")} value={name} required maxLength={200} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <TextField label={t("desk.webhooks.url")} hint={t("desk.webhooks.url_hint")} type="url" value={url} required maxLength={2000} placeholder="https://" error={about("url")} onChange={(e) => setUrl(e.target.value)} />
          <fieldset className="desk-set">
            <legend>{t("desk.webhooks.events")}</legend>
            <Check checked={all} onChange={(e) => setAll(e.target.checked)}>
              {t("desk.webhooks.every")}
            </Check>
            {!all &&
              families.map((f) => (
                <div key={f.label} className="desk-family" role="group" aria-label={t(f.label)}>
                  <p>
                    <span className="group-label">{t(f.label)}</span> {f.inner && !internal && <span className="meta">{t("desk.webhooks.about.inner")}</span>}
                  </p>
                  <div className="desk-options">
                    {f.kinds.map((kind) => (
                      <Check key={kind} checked={kinds.includes(kind)} onChange={(e) => setKinds(e.target.checked ? [...kinds, kind] : kinds.filter((k) => k !== kind))}>
                        {eventName(kind)}
                      </Check>
                    ))}
                  </div>
                </div>
              ))}
            {about("events") && <Fault>{about("events")}</Fault>}
          </fieldset>
          <fieldset className="desk-set">
            <legend>{t("desk.webhooks.condition")}</legend>
            <Condition value={condition} onChange={setCondition} error={about("condition")} />
          </fieldset>
          <fieldset className="desk-set">
            <legend>{t("desk.webhooks.reach")}</legend>
            <p className="meta">{t("desk.webhooks.reach_hint")}</p>
            <Some label={t("desk.webhooks.all_brands")} reach={brands} of={everything.brands} onChange={setBrands} error={about("brands")} />
            <Some label={t("desk.webhooks.all_inboxes")} reach={inboxes} of={everything.inboxes} onChange={setInboxes} error={about("inboxes")} />
            <Some label={t("desk.webhooks.all_groups")} reach={groups} of={everything.groups} onChange={setGroups} error={about("groups")} />
            <Check checked={internal} onChange={(e) => setInternal(e.target.checked)} hint={t("desk.webhooks.internal_hint")}>
              {t("desk.webhooks.internal")}
            </Check>
          </fieldset>
          <Headers names={of?.header_names ?? []} headers={headers} onChange={setHeaders} error={about("headers")} />
        </>
      )}
    </FormDialog>
  );
}

const Fault = ({ children }: { children: string }) => (
  <p className="banner" data-tone="danger" role="alert">
    {children}
  </p>
);

function Some({ label, reach, of, onChange, error }: { label: string; reach: Reach; of: { id: number; name: string }[]; onChange: (reach: Reach) => void; error: string }) {
  return (
    <div className="desk-set">
      <Check checked={reach.all} onChange={(e) => onChange({ ...reach, all: e.target.checked })}>
        {label}
      </Check>
      {!reach.all && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
        <div className="desk-scroll" role="group" aria-label={label} tabIndex={0}>
          {of.map((x) => (
            <Check key={x.id} checked={reach.ids.includes(x.id)} onChange={(e) => onChange({ ...reach, ids: e.target.checked ? [...reach.ids, x.id] : reach.ids.filter((id) => id !== x.id) })}>
              {x.name}
            </Check>
          ))}
        </div>
      )}
      {error && <Fault>{error}</Fault>}
    </div>
  );
}

function Headers({ names, headers, onChange, error }: { names: string[]; headers: Header[] | undefined; onChange: (headers: Header[] | undefined) => void; error: string }) {
  if (!headers) {
    return (
      <Field label={t("desk.webhooks.headers")} hint={names.length ? t("desk.webhooks.headers_kept", { names: names.join(", ") }) : t("desk.webhooks.headers_hint")} error={error}>
        {(control) => (
          <span>
            <Button {...control} size="sm" icon={Plus} onClick={() => onChange([{ name: "", value: "" }])}>
              {names.length ? t("desk.webhooks.headers_replace") : t("desk.webhooks.headers_add")}
            </Button>
          </span>
        )}
      </Field>
    );
  }
  const set = (i: number, change: Partial<Header>) => onChange(headers.map((h, at) => (at === i ? { ...h, ...change } : h)));
  return (
    <fieldset className="desk-set">
      <legend>{t("desk.webhooks.headers")}</legend>
      {headers.map((h, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows have no other name
        <div key={i} className="desk-row">
          <input className="input" aria-label={t("desk.webhooks.header_name")} placeholder="Authorization" value={h.name} onChange={(e) => set(i, { name: e.target.value })} />
          <input className="input" aria-label={t("desk.webhooks.header_value")} placeholder="Bearer …" autoComplete="off" value={h.value} onChange={(e) => set(i, { value: e.target.value })} />
          <IconButton icon={X} label={t("desk.webhooks.header_remove")} onClick={() => onChange(headers.filter((_, at) => at !== i))} />
        </div>
      ))}
      <p className="desk-bar">
        {headers.length < 10 && (
          <Button size="sm" icon={Plus} onClick={() => onChange([...headers, { name: "", value: "" }])}>
            {t("desk.webhooks.headers_add")}
          </Button>
        )}
        <Button size="sm" kind="quiet" onClick={() => onChange(undefined)}>
          {names.length ? t("desk.webhooks.headers_keep") : t("app.cancel")}
        </Button>
      </p>
      {error && <Fault>{error}</Fault>}
    </fieldset>
  );
}
