import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call, client } from "@/api/client";
import { type Key, known, t } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Select } from "@/ui/Field";
import { Page } from "@/ui/Page";
import { Table } from "@/ui/Table";
import { useFilters } from "./filters";
import { useBrands } from "./lists";
import { RowName } from "./parts";
import "./desk.css";

export const mailsKey = ["desk", "mails"];

/** The name of a kind of mail. */
export function mailName(kind: string): string {
  const own = `desk.mails.kind.${kind}`;
  return t((known(own) ? own : `desk.notices.${kind}`) as Key);
}

/** The name of a language, in that language. */
export const languageName = (tag: string) => new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;

/** Whose words a mail has: those of what is looked at, those for every brand, or the program's. */
export function Words({ source, brand, kind }: { source: string; brand: number; kind: string }) {
  if (source === "standard") return <Badge>{kind === "signature" ? t("desk.mails.none") : t("desk.mails.standard")}</Badge>;
  if (source === "account" && brand) return <Badge tone="in">{t("desk.mails.of_all")}</Badge>;
  return <Badge tone="accent">{t("desk.mails.own")}</Badge>;
}

/** Whose mail is meant: one brand's, or every brand's. */
export function BrandChoice({ brand, onChange }: { brand: number; onChange: (brand: string) => void }) {
  const brands = useBrands();
  return (
    <Select aria-label={t("desk.mails.whose")} value={brand} onChange={(e) => onChange(e.target.value === "0" ? "" : e.target.value)}>
      <option value={0}>{t("desk.mails.every_brand")}</option>
      {brands.map((b) => (
        <option key={b.id} value={b.id}>
          {b.name}
        </option>
      ))}
    </Select>
  );
}

/** Every mail that the desk writes, and whose words it has in each language. */
export function MailTemplates() {
  const [filters, setFilters] = useFilters("/admin/mail-templates", ["brand"]);
  const brand = Number(filters.brand) || 0;
  const list = useQuery({ queryKey: [...mailsKey, "list", brand], queryFn: () => call(client.GET("/mail-templates", { params: { query: brand ? { brand } : {} } })) });
  const lines = list.data?.items ?? [];
  const languages = [...new Set(lines.map((l) => l.language))];
  const kinds = [...new Set(lines.map((l) => l.kind))];
  const cell = (kind: string, language: string) => {
    const line = lines.find((l) => l.kind === kind && l.language === language);
    return (
      line && (
        <Link className="mail-words" to={`/admin/mail-templates/${kind}/${language}` as "/admin"} search={(brand ? { brand } : {}) as never} aria-describedby={`mail-${kind}`}>
          <Words source={line.source} brand={brand} kind={kind} />
        </Link>
      )
    );
  };
  return (
    <Page title={t("app.admin.mail_templates")} lead={t("desk.mails.lead")} actions={<BrandChoice brand={brand} onChange={(b) => setFilters({ brand: b })} />}>
      <Table
        label={t("app.admin.mail_templates")}
        list={list}
        rows={kinds}
        id={(kind) => kind}
        empty={null}
        columns={[
          { label: t("desk.mails.mail"), cell: (kind) => <RowName name={<span id={`mail-${kind}`}>{mailName(kind)}</span>} /> },
          ...languages.map((language) => ({ label: languageName(language), cell: (kind: string) => cell(kind, language), nowrap: true })),
        ]}
      />
    </Page>
  );
}
