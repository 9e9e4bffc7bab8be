import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, Copy, ShieldCheck } from "lucide-react";
import { useRef, useState } from "react";
import { me as meQuery } from "@/api/queries";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/Field";
import { Section } from "@/ui/Page";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { t, tn } from "./i18n";
import { type Totp, type TotpSetup, beginTotp, confirmTotp, endTotp, renewCodes } from "./own";

/** The second factor: set up with a QR code, proven by a first code, with recovery codes that are shown once. */
export function SecondFactor({ totp }: { totp: Totp }) {
  const queries = useQueryClient();
  const [open, setOpen] = useState<"" | "setup" | "off" | "renew">("");
  const [codes, setCodes] = useState<string[]>();
  const changed = () => queries.invalidateQueries({ queryKey: meQuery.queryKey });
  const done = (list?: string[]) => {
    setOpen("");
    if (list?.length) setCodes(list);
    void changed();
  };
  return (
    <Section title={t("app.profile.totp")} lead={t("app.profile.totp_lead")} id="second-factor">
      {totp.missing && (
        <p className="banner" data-tone="warn">
          {t("app.profile.totp_missing")}
        </p>
      )}
      <div className="cluster">
        {totp.on ? (
          <>
            <Badge tone="ok" icon={Check}>
              {t("app.profile.totp_on")}
            </Badge>
            <span className="meta">{tn("app.profile.codes_left", totp.recovery_codes_left)}</span>
            <Button size="sm" onClick={() => setOpen("renew")}>
              {t("app.profile.codes_renew")}
            </Button>
            {!totp.required && (
              <Button size="sm" kind="danger" onClick={() => setOpen("off")}>
                {t("app.profile.totp_end")}
              </Button>
            )}
          </>
        ) : (
          <Button icon={ShieldCheck} onClick={() => setOpen("setup")}>
            {t("app.profile.totp_begin")}
          </Button>
        )}
      </div>
      {open === "setup" && <Setup onClose={() => setOpen("")} onDone={done} />}
      {(open === "off" || open === "renew") && <Prove off={open === "off"} onClose={() => setOpen("")} onDone={done} />}
      {codes && <Codes list={codes} onClose={() => setCodes(undefined)} />}
    </Section>
  );
}

function Setup({ onClose, onDone }: { onClose: () => void; onDone: (codes: string[]) => void }) {
  const [code, setCode] = useState("");
  const begun = useRef<Promise<TotpSetup>>(undefined);
  const [setup, setSetup] = useState<TotpSetup>();
  const [fault, setFault] = useState("");
  // One secret for one dialog, however often it is drawn.
  begun.current ??= beginTotp().then(
    (made) => (setSetup(made), made),
    (error) => (setFault(explain(error)), { secret: null, uri: null, qr: null }),
  );
  const confirm = useMutation({ mutationFn: () => confirmTotp(code.replace(/\s/g, "")), onSuccess: (answer) => onDone(answer.recovery_codes) });
  const send = () => !confirm.isPending && code.trim() && confirm.mutate();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("app.profile.totp_begin")}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="primary" busy={confirm.isPending} onClick={send}>
            {t("app.profile.totp_confirm")}
          </Button>
        </>
      }
    >
      {fault && (
        <p className="banner" data-tone="danger" role="alert">
          {fault}
        </p>
      )}
      {setup?.secret && (
        <form
          className="totp"
          onSubmit={(e) => {
            e.preventDefault();
            send();
          }}
        >
          {setup.qr && <img className="qr" alt={t("app.profile.totp_qr")} src={setup.qr.startsWith("data:") ? setup.qr : `data:image/svg+xml;utf8,${encodeURIComponent(setup.qr)}`} />}
          <div>
            <p>{t("app.profile.totp_scan")}</p>
            <p className="meta">
              {t("app.profile.totp_type")} <span className="mono secret">{setup.secret}</span>
            </p>
            {setup.uri && (
              <a className="a" href={setup.uri}>
                {t("app.profile.totp_here")}
              </a>
            )}
            <TextField label={t("app.profile.totp_code")} inputMode="numeric" autoComplete="one-time-code" value={code} error={confirm.error ? explain(confirm.error) : ""} onChange={(e) => setCode(e.target.value)} />
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** Asks for password and code before the second factor is turned off or its recovery codes are made anew. */
function Prove({ off, onClose, onDone }: { off: boolean; onClose: () => void; onDone: (codes?: string[]) => void }) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const go = useMutation({
    mutationFn: async () => (off ? (await endTotp(password, code), undefined) : (await renewCodes(password, code)).recovery_codes),
    onSuccess: onDone,
  });
  const title = off ? t("app.profile.totp_end") : t("app.profile.codes_renew");
  return (
    <Dialog open onClose={onClose} title={title} width={440}>
      <form
        className="me-form"
        onSubmit={(e) => {
          e.preventDefault();
          if (!go.isPending) go.mutate();
        }}
      >
        <p>{off ? t("app.profile.totp_end_text") : t("app.profile.codes_renew_text")}</p>
        <TextField label={t("app.profile.password")} type="password" autoComplete="current-password" hint={t("app.profile.prove_hint")} value={password} onChange={(e) => setPassword(e.target.value)} />
        <TextField label={t("app.profile.totp_code")} inputMode="numeric" autoComplete="one-time-code" required value={code} onChange={(e) => setCode(e.target.value)} />
        {go.error && (
          <p className="banner" data-tone="danger" role="alert">
            {explain(go.error)}
          </p>
        )}
        <Button type="submit" kind={off ? "danger" : "primary"} busy={go.isPending}>
          {title}
        </Button>
      </form>
    </Dialog>
  );
}

function Codes({ list, onClose }: { list: string[]; onClose: () => void }) {
  const copy = () =>
    navigator.clipboard.writeText(list.join("\n")).then(
      () => toast(t("app.copied")),
      () => toast({ text: t("app.failed"), error: true }),
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("app.profile.codes")}
      width={440}
      foot={
        <>
          <Button icon={Copy} onClick={() => void copy()}>
            {t("app.copy")}
          </Button>
          <span className="push" />
          <Button kind="primary" onClick={onClose}>
            {t("app.profile.codes_kept")}
          </Button>
        </>
      }
    >
      <p>{t("app.profile.codes_text")}</p>
      <ul className="codes mono">
        {list.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </Dialog>
  );
}
