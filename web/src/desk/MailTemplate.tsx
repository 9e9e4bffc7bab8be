import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { RotateCcw, Send } from "lucide-react";
import { useRef, useState } from "react";
import { type Schema, call, client, once } from "@/api/client";
import { Unsaved } from "@/admin/ui";
import { type Key, t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { BadgeButton } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { TextArea, TextField } from "@/ui/Field";
import { faultOf } from "@/ui/FormDialog";
import { Page } from "@/ui/Page";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { MailPreview, useTrial } from "./MailPreview";
import { BrandChoice, Words, languageName, mailName, mailsKey } from "./MailTemplates";
import { useFilters } from "./filters";
import "./desk.css";

type Template = Schema<"MailTemplate">;
type Texts = { subject: string; opening: string; closing: string };

const fields = ["subject", "opening", "closing"] as const;
type Name = (typeof fields)[number];

/** One mail in one language: its words, and how it arrives with them. */
export function MailTemplate() {
  const { kind = "", language = "" } = useParams({ strict: false }) as { kind?: string; language?: string };
  const [filters, setFilters] = useFilters(`/admin/mail-templates/${kind}/${language}`, ["brand"]);
  const brand = Number(filters.brand) || 0;
  const place = { path: { kind, language }, query: brand ? { brand } : {} };
  // It is fetched anew when it was saved, not while somebody types.
  const one = useQuery({ queryKey: [...mailsKey, kind, language, brand], queryFn: () => call(client.GET("/mail-templates/{kind}/{language}", { params: place })), staleTime: Infinity, gcTime: 0 });
  return (
    <Page title={mailName(kind)} lead={languageName(language)} width={1180} actions={<BrandChoice brand={brand} onChange={(b) => setFilters({ brand: b })} />}>
      <p>
        <Link className="a" to={"/admin/mail-templates" as "/admin"} search={place.query as never}>
          {t("desk.mails.back")}
        </Link>
      </p>
      {one.isPending && <Skeleton lines={8} height={20} />}
      {one.error && !one.data && <Failed error={one.error} retry={() => void one.refetch()} />}
      {one.data && <Editor key={`${kind} ${language} ${brand} ${one.dataUpdatedAt}`} of={one.data} brand={brand} place={place} again={() => void one.refetch()} />}
    </Page>
  );
}

type EditorProps = { of: Template; brand: number; place: { path: { kind: string; language: string }; query: { brand?: number } }; again: () => void };

function Editor({ of, brand, place, again }: EditorProps) {
  const queries = useQueryClient();
  const me = useMe();
  const signature = of.kind === "signature";
  const [texts, setTexts] = useState<Texts>({ subject: of.subject, opening: of.opening, closing: of.closing });
  const [ticket, setTicket] = useState("");
  const [resetting, setResetting] = useState(false);
  const controls = { subject: useRef<HTMLInputElement>(null), opening: useRef<HTMLTextAreaElement>(null), closing: useRef<HTMLTextAreaElement>(null) };
  const last = useRef<Name>(signature ? "closing" : "opening");
  const changed = fields.filter((f) => texts[f] !== of[f]).length;
  const body = { ...texts, ...(Number(ticket) > 0 && { ticket: Number(ticket) }) };
  const trial = useTrial(place, body);
  const done = () => queries.invalidateQueries({ queryKey: mailsKey });
  const save = useMutation({
    mutationFn: () => call(client.PUT("/mail-templates/{kind}/{language}", { params: place, body: { ...texts, version: of.version } })),
    onSuccess: () => {
      toast(t("desk.mails.saved"));
      void done();
    },
    onError: (error) => show(error),
  });
  const test = useMutation({
    mutationFn: () => call(client.POST("/mail-templates/{kind}/{language}/test", { params: place, headers: once(), body })),
    onSuccess: () => toast(t("desk.mails.test_sent", { address: me.person.address })),
    onError: (error) => toast({ text: explain(error), error: true }),
  });
  const set = (name: Name, value: string) => setTexts((now) => ({ ...now, [name]: value }));
  // What is wrong while one types is what the preview was refused for.
  const wrong = save.error && !trial.fresh ? save.error : trial.error;
  const about = (name: Name) => faultOf(wrong, name);

  /** Puts the cursor to the line that was refused. */
  function show(error: unknown) {
    const name = fields.find((f) => faultOf(error, f));
    const control = name && controls[name].current;
    if (!control) return;
    control.focus();
    const line = Number(/^Line (\d+)/.exec(faultOf(error, name))?.[1] ?? 1);
    const lines = control.value.split("\n");
    const begin = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0);
    control.setSelectionRange(begin, begin + (lines[line - 1]?.length ?? 0));
  }

  function insert(value: string) {
    const name = last.current;
    const control = controls[name].current;
    const at = control?.selectionStart ?? texts[name].length;
    const put = `{{${value}}}`;
    set(name, texts[name].slice(0, at) + put + texts[name].slice(control?.selectionEnd ?? at));
    requestAnimationFrame(() => {
      control?.focus();
      control?.setSelectionRange(at + put.length, at + put.length);
    });
  }

  const typing = (name: Name) => ({
    value: texts[name],
    error: about(name),
    onFocus: () => (last.current = name),
    onChange: (e: { target: { value: string } }) => set(name, e.target.value),
  });
  return (
    <div className="mail-edit">
      <div className="form">
        <div className="cluster">
          <Words source={of.source} brand={brand} kind={of.kind} />
          <span className="meta">{t(`desk.mails.source.${of.source}${brand ? "" : "_all"}${signature && of.source === "standard" ? "_signature" : ""}` as Key)}</span>
        </div>
        {!signature && (
          <>
            <TextField ref={controls.subject} label={t("desk.mails.subject")} maxLength={300} required spellCheck {...typing("subject")} />
            <TextArea ref={controls.opening} label={t("desk.mails.opening")} hint={t("desk.mails.opening_hint")} rows={6} maxLength={5000} required {...typing("opening")} />
          </>
        )}
        <TextArea ref={controls.closing} label={signature ? t("desk.mails.signature") : t("desk.mails.closing")} hint={signature ? t("desk.mails.signature_hint") : t("desk.mails.closing_hint")} rows={signature ? 8 : 4} maxLength={5000} required={signature} {...typing("closing")} />
        <div className="desk-bar">
          <Button icon={Send} busy={test.isPending} onClick={() => test.mutate()}>
            {t("desk.mails.test")}
          </Button>
          {of.version > 0 && (
            <Button icon={RotateCcw} onClick={() => setResetting(true)}>
              {t("desk.mails.reset")}
            </Button>
          )}
        </div>
        <Values of={of} onPut={insert} />
      </div>
      <MailPreview trial={trial} ticket={ticket} onTicket={setTicket} />
      <Unsaved count={changed} busy={save.isPending} onSave={() => save.mutate()} onDiscard={again} error={save.error} fields={[...fields]} what={mailName(of.kind)} />
      <Confirm
        open={resetting}
        onClose={() => setResetting(false)}
        title={t("desk.mails.reset_title")}
        action={t("desk.mails.reset")}
        onConfirm={async () => {
          await call(client.DELETE("/mail-templates/{kind}/{language}", { params: { path: place.path, query: { ...place.query, version: of.version } } }));
          void done();
        }}
      >
        <p>{of.below.source === "account" ? t("desk.mails.reset_to_all") : signature ? t("desk.mails.reset_to_none") : t("desk.mails.reset_to_standard")}</p>
      </Confirm>
    </div>
  );
}

/** What the texts may name; a press puts it in where one wrote last. */
function Values({ of, onPut }: { of: Template; onPut: (name: string) => void }) {
  return (
    <details className="mail-values" open>
      <summary>{t("desk.mails.values")}</summary>
      <p className="meta">{t("desk.mails.values_hint")}</p>
      <ul>
        {(of.values ?? []).map((v) => (
          <li key={v.name}>
            <BadgeButton onClick={() => onPut(v.name)}>{v.name}</BadgeButton>
            <span className="meta">{t(`desk.mails.value.${v.name}` as Key)}</span>
          </li>
        ))}
      </ul>
      <p className="meta">{t("desk.mails.language_hint")}</p>
    </details>
  );
}
