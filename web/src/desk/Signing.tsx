import { useQuery } from "@tanstack/react-query";
import { BadgeCheck, CircleAlert, KeyRound, Plus, Power, RotateCw, SearchCheck, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Schema, call, client, once } from "@/api/client";
import { type Key, t } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { CopyLine } from "@/ui/CopyLine";
import { Confirm } from "@/ui/Dialog";
import { SelectField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { Section } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { useDo } from "./parts";

type DKIMKey = Schema<"DkimKey">;
type Domain = Schema<"SendingDomain">;
const key = ["desk", "signing"];

/** The keys that sign what leaves, by domain, with the records that belong into the domain name system. */
export function Signing() {
  const domains = useQuery({ queryKey: key, queryFn: () => call(client.GET("/sending-domains")) });
  const [making, setMaking] = useState<Domain>();
  return (
    <Section title={t("desk.signing.title")} lead={t("desk.signing.lead")}>
      {domains.error && <Failed error={domains.error} retry={() => void domains.refetch()} />}
      {domains.isPending && <Skeleton lines={3} height={20} />}
      {domains.data?.items.length === 0 && <Empty title={t("desk.signing.empty")}>{t("desk.signing.empty_text")}</Empty>}
      {domains.data?.items.map((d) => (
        <section key={d.domain} className="signing" aria-label={d.domain}>
          <div className="signing-head">
            <h3>{d.domain}</h3>
            {d.keys.some((k) => k.state === "signing") ? (
              <Badge tone="ok" icon={BadgeCheck}>
                {t("desk.signing.on")}
              </Badge>
            ) : (
              <Badge>{t("desk.signing.off")}</Badge>
            )}
            <span className="push" />
            {d.in_use && (
              <Button size="sm" icon={d.keys.length > 0 ? RotateCw : Plus} onClick={() => setMaking(d)}>
                {d.keys.length > 0 ? t("desk.signing.rotate") : t("desk.signing.make")}
              </Button>
            )}
          </div>
          {d.keys.map((k) => (
            <KeyLine key={k.id} of={k} />
          ))}
        </section>
      ))}
      {making && <MakeKey of={making} onClose={() => setMaking(undefined)} />}
    </Section>
  );
}

function KeyLine({ of: k }: { of: DKIMKey }) {
  const doIt = useDo(key);
  const [busy, setBusy] = useState("");
  const [deleting, setDeleting] = useState(false);
  const path = { params: { path: { id: k.id } }, headers: once() };
  const act = async (name: string, work: () => Promise<unknown>, said?: string) => {
    setBusy(name);
    await doIt(work, said);
    setBusy("");
  };
  const tone = { new: "neutral", signing: "ok", retired: "warn" } as const;
  return (
    <div className="signing-key" role="group" aria-label={k.selector}>
      <p className="cluster">
        <Badge tone={tone[k.state]} icon={KeyRound}>
          {t(`desk.signing.state.${k.state}` as Key)}
        </Badge>
        <span className="meta">
          {k.algorithm === "rsa" ? "RSA 2048" : "Ed25519"} · {t("desk.signing.made")} <When at={k.created_at} />
        </span>
      </p>
      {k.state === "retired" && <p className="meta">{t("desk.signing.retired_text")}</p>}
      <div className="signing-record">
        <span className="meta">{t("desk.signing.name")}</span>
        <CopyLine text={k.record_name} label={t("desk.signing.name")} />
        <span className="meta">{t("desk.signing.value")}</span>
        <CopyLine text={k.record_value} label={t("desk.signing.value")} />
      </div>
      <p role="status" className="signing-found" data-found={k.found}>
        {k.checked_at && (
          <>
            {k.found !== "yes" && <CircleAlert aria-hidden size={14} />} {t(`desk.signing.found.${k.found}` as Key)} <When at={k.checked_at} as="ago" />
          </>
        )}
      </p>
      <div className="cluster">
        <Button size="sm" icon={SearchCheck} busy={busy === "check"} onClick={() => void act("check", () => call(client.POST("/dkim-keys/{id}/check", path)))}>
          {t("desk.signing.check")}
        </Button>
        {k.state !== "signing" && (
          <Button size="sm" kind={k.found === "yes" && k.state === "new" ? "primary" : "plain"} icon={Power} busy={busy === "start"} onClick={() => void act("start", () => call(client.POST("/dkim-keys/{id}/start", path)), t("desk.signing.started"))}>
            {t("desk.signing.start")}
          </Button>
        )}
        {k.state === "signing" && (
          <Button size="sm" icon={Power} busy={busy === "stop"} onClick={() => void act("stop", () => call(client.POST("/dkim-keys/{id}/stop", path)), t("desk.signing.stopped"))}>
            {t("desk.signing.stop")}
          </Button>
        )}
        {k.state !== "signing" && (
          <Button size="sm" kind="quiet" icon={Trash2} onClick={() => setDeleting(true)}>
            {t("app.delete")}
          </Button>
        )}
      </div>
      <Confirm open={deleting} onClose={() => setDeleting(false)} title={t("desk.signing.delete", { name: k.selector })} action={t("app.delete")} onConfirm={() => doIt(() => call(client.DELETE("/dkim-keys/{id}", { params: { path: { id: k.id } } })))}>
        <p>{t("desk.signing.delete_text")}</p>
      </Confirm>
    </div>
  );
}

function MakeKey({ of, onClose }: { of: Domain; onClose: () => void }) {
  const doIt = useDo(key);
  const [algorithm, setAlgorithm] = useState<"rsa" | "ed25519">("rsa");
  const save = async () => {
    await call(client.POST("/dkim-keys", { headers: once(), body: { domain: of.domain, algorithm } }));
    void doIt(async () => undefined);
  };
  return (
    <FormDialog title={t("desk.signing.make_for", { name: of.domain })} onClose={onClose} onSave={save} fields={["domain", "algorithm"]}>
      {(about) => (
        <>
          <p>{of.keys.some((k) => k.state === "signing") ? t("desk.signing.rotate_text") : t("desk.signing.make_text")}</p>
          <SelectField label={t("desk.signing.algorithm")} hint={t("desk.signing.algorithm_hint")} value={algorithm} error={about("algorithm") ?? about("domain")} onChange={(e) => setAlgorithm(e.target.value as "rsa")}>
            <option value="rsa">RSA 2048</option>
            <option value="ed25519">Ed25519</option>
          </SelectField>
        </>
      )}
    </FormDialog>
  );
}
