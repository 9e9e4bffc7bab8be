import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ApiError, call, client } from "@/api/client";
import { me as meQuery } from "@/api/queries";
import { Button } from "@/ui/Button";
import { Select, Switch, TextField } from "@/ui/Field";
import { Page, Section } from "@/ui/Page";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { type Key, t } from "./i18n";
import { savePreferences, signOut } from "./own";
import { OwnNotices } from "./OwnNotices";
import "./own.css";
import { type Preferences, remembered } from "./preferences";
import { SecondFactor } from "./SecondFactor";
import { useMe } from "./session";
import { Sessions } from "./Sessions";

const device = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** One's own page: name, how the screens look, what one is told of, and how one signs in. */
export function Profile() {
  const who = useMe();
  return (
    <Page
      title={t("app.profile.title")}
      lead={who.person.address}
      width={720}
      actions={
        <Button icon={LogOut} onClick={() => void signOut().catch((error) => toast({ text: explain(error), error: true }))}>
          {t("app.profile.sign_out")}
        </Button>
      }
    >
      <NameForm name={who.person.name} />
      <Looks />
      <OwnNotices />
      <PasswordForm />
      <Sessions />
      <SecondFactor totp={who.totp} />
    </Page>
  );
}

function NameForm({ name }: { name: string }) {
  const queries = useQueryClient();
  const [text, setText] = useState(name);
  const save = useMutation({
    mutationFn: () => call(client.PATCH("/me", { body: { name: text.trim() } })),
    onSuccess: () => {
      toast(t("app.saved"));
      return queries.invalidateQueries({ queryKey: meQuery.queryKey });
    },
    onError: (error) => about(error, "name") || toast({ text: explain(error), error: true }),
  });
  return (
    <Section title={t("app.profile.you")}>
      <form
        className="me-form"
        onSubmit={(e) => {
          e.preventDefault();
          if (!save.isPending) save.mutate();
        }}
      >
        <TextField label={t("app.profile.name")} value={text} autoComplete="name" maxLength={200} required error={about(save.error, "name")} onChange={(e) => setText(e.target.value)} />
        {text.trim() !== name && (
          <Button type="submit" kind="primary" busy={save.isPending}>
            {t("app.save")}
          </Button>
        )}
      </form>
    </Section>
  );
}

const about = (error: unknown, field: string) => (error instanceof ApiError ? error.about(field) : "");

/** Preferences act at once. */
function Looks() {
  const queries = useQueryClient();
  const [own, setOwn] = useState(remembered);
  const set = (wish: Partial<Preferences>) => {
    const before = own;
    setOwn({ ...own, ...wish });
    void savePreferences(queries, wish).then((kept) => {
      if (!kept) setOwn(before);
      // Texts and times are drawn once, so these two begin anew.
      else if ("locale" in wish || "time_zone" in wish) location.reload();
    });
  };
  const choice = <K extends "theme" | "density" | "locale" | "after_send">(name: K, label: Key, hint: Key, options: [Preferences[K], Key][]) => (
    <Line label={t(label)} hint={t(hint)}>
      <Select aria-label={t(label)} value={own[name]} onChange={(e) => set({ [name]: e.target.value })}>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {t(words)}
          </option>
        ))}
      </Select>
    </Line>
  );
  return (
    <Section title={t("app.profile.looks")} id="looks">
      <div>
        {choice("theme", "app.profile.theme", "app.profile.theme_hint", [["system", "app.profile.theme.system"], ["light", "app.profile.theme.light"], ["dark", "app.profile.theme.dark"]])}
        {choice("density", "app.profile.density", "app.profile.density_hint", [["comfortable", "app.profile.density.comfortable"], ["compact", "app.profile.density.compact"]])}
        {choice("locale", "app.profile.language", "app.profile.language_hint", [["", "app.profile.language.browser"], ["en", "app.profile.language.en"], ["de", "app.profile.language.de"]])}
        <Line label={t("app.profile.zone")} hint={t("app.profile.zone_hint")}>
          <Select aria-label={t("app.profile.zone")} value={own.time_zone} onChange={(e) => set({ time_zone: e.target.value })}>
            <option value="">{t("app.profile.zone.device", { zone: device })}</option>
            {Intl.supportedValuesOf("timeZone").map((zone) => (
              <option key={zone} value={zone}>
                {zone.replace(/_/g, " ")}
              </option>
            ))}
          </Select>
        </Line>
        {choice("after_send", "app.profile.after_send", "app.profile.after_send_hint", [["stay", "app.profile.after_send.stay"], ["next", "app.profile.after_send.next"], ["list", "app.profile.after_send.list"]])}
        <Line label={t("app.keys.single")} hint={t("app.keys.single_hint")}>
          <Switch label={t("app.keys.single")} checked={own.shortcuts} onChange={(e) => set({ shortcuts: e.target.checked })} />
        </Line>
      </div>
    </Section>
  );
}

function Line({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className="me-line">
      <span className="grow">
        <span className="strong">{label}</span>
        {hint && <span className="meta">{hint}</span>}
      </span>
      {children}
    </div>
  );
}

function PasswordForm() {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const save = useMutation({
    mutationFn: () => call(client.POST("/me/password", { body: { old_password: old, password: fresh } })),
    onSuccess: () => {
      setOld("");
      setFresh("");
      toast(t("app.profile.password_saved"));
    },
  });
  const oldFault = about(save.error, "old_password");
  const freshFault = about(save.error, "password");
  return (
    <Section title={t("app.profile.password")} lead={t("app.profile.password_lead")}>
      <form
        className="me-form"
        onSubmit={(e) => {
          e.preventDefault();
          if (!save.isPending) save.mutate();
        }}
      >
        <TextField label={t("app.profile.password_old")} type="password" autoComplete="current-password" required value={old} error={oldFault} onChange={(e) => setOld(e.target.value)} />
        <TextField label={t("app.profile.password_new")} type="password" autoComplete="new-password" required minLength={10} maxLength={200} hint={t("app.profile.password_hint")} value={fresh} error={freshFault} onChange={(e) => setFresh(e.target.value)} />
        {save.error && !oldFault && !freshFault && (
          <p className="banner" data-tone="danger" role="alert">
            {explain(save.error)}
          </p>
        )}
        <Button type="submit" busy={save.isPending}>
          {t("app.profile.password_save")}
        </Button>
      </form>
    </Section>
  );
}
