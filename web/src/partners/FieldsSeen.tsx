import { useQuery } from "@tanstack/react-query";
import { Check, CircleAlert } from "lucide-react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Section } from "@/ui/Page";
import { Table } from "@/ui/Table";
import { When } from "@/ui/When";
import { seenFields } from "./api";
import type { Partner, SeenField } from "./types";

/** The fields that a partner has sent, and which of them have no place here: nothing is left out silently. */
export function FieldsSeen({ of: p }: { of: Partner }) {
  const list = useQuery(seenFields(p.id));
  const own = useQuery({ queryKey: ["desk", "fields"], queryFn: () => call(client.GET("/ticket-fields")) }).data?.items ?? [];
  const rows = list.data?.items ?? [];
  if (p.terms.fields.length === 0 && rows.length === 0) return null;
  return (
    <Section title={t("partners.fields")} lead={t("partners.fields_lead")}>
      <Table
        label={t("partners.fields")}
        list={list}
        rows={rows}
        id={(f: SeenField) => f.title}
        empty={<p className="meta">{t("partners.fields_empty")}</p>}
        columns={[
          { label: t("partners.field_theirs"), cell: (f) => <span className="strong">{f.title}</span> },
          { label: t("partners.field_ours"), cell: (f) => own.find((o) => o.id === f.field_id)?.name ?? t("app.none") },
          {
            label: t("partners.state"),
            cell: (f) =>
              f.problem ? (
                <span className="partner-problem">
                  <Badge tone="warn" icon={CircleAlert}>
                    {t("partners.field_left")}
                  </Badge>
                  <span className="meta">{f.problem}</span>
                </span>
              ) : (
                <Badge tone="ok" icon={Check}>
                  {t("partners.field_taken")}
                </Badge>
              ),
          },
          { label: t("partners.when"), cell: (f) => <When at={f.seen_at} as="ago" />, num: true, nowrap: true },
        ]}
      />
    </Section>
  );
}
