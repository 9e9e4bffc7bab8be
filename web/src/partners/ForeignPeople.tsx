import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDo } from "@/desk/parts";
import { AgentPicker } from "@/admin/AgentPicker";
import { t } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Section } from "@/ui/Page";
import { Table, usePages } from "@/ui/Table";
import { linkPerson, partnersKey, people } from "./api";
import type { ForeignPerson, Partner } from "./types";
import { label } from "./words";

/** The people of a partner's desk. They are nobody here; who they are can be written down. */
export function ForeignPeople({ of: p }: { of: Partner }) {
  const list = usePages([...partnersKey, p.id, "people"], (cursor) => people(p.id, cursor));
  const [linking, setLinking] = useState<ForeignPerson>();
  const doIt = useDo(partnersKey);
  const rows = list.items;
  return (
    <Section title={t("partners.people")} lead={t("partners.people_lead")}>
      <Table
        label={t("partners.people")}
        list={list}
        rows={rows}
        id={(x) => x.id}
        empty={<p className="meta">{t("partners.people_empty")}</p>}
        columns={[
          {
            label: t("partners.person_theirs"),
            cell: (x) => (
              <span className="partner-named">
                <Avatar name={x.name} outside />
                <span className="desk-name">
                  <span className="strong">{x.name}</span>
                  <span className="meta">{t("partners.via", { name: label(p) })}</span>
                </span>
              </span>
            ),
          },
          { label: t("partners.person_role"), cell: (x) => x.role },
          { label: t("partners.person_ours"), cell: (x) => x.person?.name ?? "" },
        ]}
        end={(x) =>
          x.person ? (
            <Button size="sm" aria-label={t("partners.person_unlink_named", { name: x.name })} onClick={() => void doIt(() => linkPerson(p.id, x.id, null), t("partners.person_unlinked"))}>
              {t("partners.person_unlink")}
            </Button>
          ) : (
            <Button size="sm" aria-label={t("partners.person_link_named", { name: x.name })} onClick={() => setLinking(x)}>
              {t("partners.person_link")}
            </Button>
          )
        }
      />
      {linking && <Linking partner={p} of={linking} onClose={() => setLinking(undefined)} />}
    </Section>
  );
}

function Linking({ partner, of: x, onClose }: { partner: Partner; of: ForeignPerson; onClose: () => void }) {
  const queries = useQueryClient();
  const doIt = useDo(partnersKey);
  const link = (person: { id: number; name: string }) =>
    doIt(async () => {
      await linkPerson(partner.id, x.id, person.id);
      await queries.invalidateQueries({ queryKey: partnersKey });
      onClose();
    }, t("partners.person_linked", { name: x.name, person: person.name }));
  return (
    <Dialog open onClose={onClose} width={480} title={t("partners.person_link_named", { name: x.name })}>
      <p className="meta">{t("partners.person_link_text")}</p>
      <AgentPicker label={t("partners.person_find")} kind="requester" not={[]} onPick={(person) => void link(person)} />
    </Dialog>
  );
}
