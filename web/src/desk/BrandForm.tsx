import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { upload } from "@/ticket/api";
import { Button } from "@/ui/Button";
import { Check, TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { explain } from "@/ui/states";
import type { Brand } from "./lists";

type Picture = { id: number; name: string };

/** A brand's name and, once it is there, how it looks and where its portal answers. */
export function BrandForm({ of, onClose }: { of: Brand | undefined; onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(of?.name ?? "");
  const [host, setHost] = useState(of?.host ?? "");
  const [accent, setAccent] = useState(of?.accent ?? "");
  const [logo, setLogo] = useState<Picture | "none">();
  const save = async () => {
    const file = logo === "none" ? 0 : logo?.id;
    await (of
      ? call(client.PATCH("/brands/{id}", { params: { path: { id: of.id } }, body: { name, accent, ...(host === of.host ? {} : { host }), ...(file === undefined ? {} : { logo_file: file }) } }))
      : call(client.POST("/brands", { body: { name } })));
    void queries.invalidateQueries({ queryKey: ["desk", "brands"] });
  };
  return (
    <FormDialog title={of ? t("desk.brands.edit_one") : t("desk.brands.new")} onClose={onClose} onSave={save} fields={["name", "accent", "logo_file", "host"]} width={440}>
      {(about) => (
        <>
          <TextField label={t("desk.name")} hint={t("desk.brands.name_hint")} value={name} required maxLength={200} error={about("name")} onChange={(e) => setName(e.target.value)} />
          {of && (
            <>
              <Colour saved={of} value={accent} error={about("accent")} onChange={setAccent} />
              <Logo saved={of.logo ?? ""} picture={logo} error={about("logo_file")} onChange={setLogo} />
              <TextField label={t("desk.brands.host")} hint={t("desk.brands.host_hint")} value={host} maxLength={253} autoCapitalize="none" spellCheck={false} error={about("host")} onChange={(e) => setHost(e.target.value)} />
            </>
          )}
        </>
      )}
    </FormDialog>
  );
}

type ColourProps = { saved: Brand; value: string; error: string | undefined; onChange: (value: string) => void };

function Colour({ saved, value, error, onChange }: ColourProps) {
  const shown = value === saved.accent ? saved.accent_shown : null;
  return (
    <fieldset className="desk-set">
      <legend className="label">{t("desk.brands.accent")}</legend>
      <Check checked={!!value} hint={t("desk.brands.accent_hint")} onChange={(e) => onChange(e.target.checked ? saved.accent || "#2b5bd7" : "")}>
        {t("desk.brands.accent_own")}
      </Check>
      {value && (
        <div className="desk-row">
          <input className="brand-colour" type="color" aria-label={t("desk.brands.accent")} value={value} onChange={(e) => onChange(e.target.value)} />
          <span className="mono">{value}</span>
        </div>
      )}
      {shown && (
        <ul className="brand-shown" aria-label={t("desk.brands.accent_shown")}>
          {([["light", shown.light], ["dark", shown.dark]] as const).map(([theme, c]) => (
            <li key={theme} data-theme={theme}>
              <span className="brand-fill" style={{ background: c.fill }}>
                {theme === "light" ? t("desk.brands.accent_light") : t("desk.brands.accent_dark")}
              </span>
              <span style={{ color: c.ink }}>{saved.name}</span>
            </li>
          ))}
        </ul>
      )}
      {error && (
        <p className="error" data-tone="danger">
          {error}
        </p>
      )}
    </fieldset>
  );
}

type LogoProps = { saved: string; picture: Picture | "none" | undefined; error: string | undefined; onChange: (picture: Picture | "none" | undefined) => void };

function Logo({ saved, picture, error, onChange }: LogoProps) {
  const file = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    setBusy(true);
    setFault("");
    try {
      const made = await upload(chosen, () => undefined, new AbortController().signal);
      onChange({ id: made.id, name: made.name });
    } catch (e) {
      setFault(explain(e));
    } finally {
      setBusy(false);
    }
  };
  const wrong = fault || error;
  return (
    <fieldset className="desk-set">
      <legend className="label">{t("desk.brands.logo")}</legend>
      <div className="desk-row">
        {picture && picture !== "none" ? <img className="brand-logo" src={`/api/v1/attachments/${picture.id}`} alt={picture.name} height={28} /> : saved && !picture ? <img className="brand-logo" src={saved} alt={t("desk.brands.logo")} height={28} /> : <span className="hint">{t("desk.brands.logo_none")}</span>}
        <Button busy={busy} onClick={() => file.current?.click()}>
          {t("desk.brands.logo_choose")}
        </Button>
        {(saved || picture) && picture !== "none" && <Button onClick={() => onChange(saved ? "none" : undefined)}>{t("desk.brands.logo_remove")}</Button>}
        <input ref={file} type="file" hidden accept="image/png,image/jpeg,image/gif,image/webp" aria-label={t("desk.brands.logo_choose")} onChange={(e) => void choose(e.target.files?.[0])} />
      </div>
      <p className="hint">{t("desk.brands.logo_hint")}</p>
      {wrong && (
        <p className="error" data-tone="danger" role="alert">
          {wrong}
        </p>
      )}
    </fieldset>
  );
}
