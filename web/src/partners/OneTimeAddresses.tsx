import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { t } from "@/app/i18n";
import { useOnce } from "@/admin/ui";
import { RowName } from "@/desk/parts";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { CopyLine } from "@/ui/CopyLine";
import { Confirm, Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { Section } from "@/ui/Page";
import { Table } from "@/ui/Table";
import { When } from "@/ui/When";
import { endInvitation, invitations, makeInvitation, partnersKey } from "./api";
import type { Invitation } from "./types";

/** Addresses that one desk can use once: they work also where all other invitations are declined. */
export function OneTimeAddresses() {
  const list = useQuery(invitations);
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState("");
  const [end, setEnd] = useState<Invitation>();
  return (
    <Section
      title={t("partners.once")}
      lead={t("partners.once_lead")}
      actions={
        <Button size="sm" icon={Plus} onClick={() => setMaking(true)}>
          {t("partners.once_new")}
        </Button>
      }
    >
      <Table
        label={t("partners.once")}
        list={list}
        rows={list.data?.items ?? []}
        id={(i) => i.id}
        off={(i) => !!i.used_at}
        empty={<p className="meta">{t("partners.once_empty")}</p>}
        columns={[
          { label: t("partners.once_note"), cell: (i) => <RowName name={i.note || t("partners.once_unnamed")} /> },
          { label: t("partners.state"), cell: (i) => <State of={i} /> },
          { label: t("partners.once_until"), cell: (i) => <When at={i.expires_at} as="ago" />, num: true, nowrap: true },
        ]}
        end={(i) =>
          !i.used_at && (
            <Button size="sm" kind="danger" aria-label={t("partners.once_end_named", { name: i.note || t("partners.once_unnamed") })} onClick={() => setEnd(i)}>
              {t("app.delete")}
            </Button>
          )
        }
      />
      {making && <Form onClose={() => setMaking(false)} onMade={setMade} />}
      {made && (
        <Dialog open onClose={() => setMade("")} title={t("partners.once_made")} foot={<><span className="push" /><Button kind="primary" onClick={() => setMade("")}>{t("app.done")}</Button></>}>
          <p>{t("partners.once_made_text")}</p>
          <CopyLine text={made} label={t("partners.once_address")} />
        </Dialog>
      )}
      <Confirm
        open={!!end}
        onClose={() => setEnd(undefined)}
        title={t("partners.once_end_named", { name: end?.note || t("partners.once_unnamed") })}
        action={t("app.delete")}
        onConfirm={async () => {
          if (end) await endInvitation(end.id);
          await queries.invalidateQueries({ queryKey: partnersKey });
        }}
      >
        <p>{t("partners.once_end_text")}</p>
      </Confirm>
    </Section>
  );
}

function State({ of: i }: { of: Invitation }) {
  if (i.used_at) return <Badge>{t("partners.once_used")}</Badge>;
  if (Date.parse(i.expires_at) <= Date.now()) return <Badge>{t("partners.once_expired")}</Badge>;
  return <Badge tone="ok">{t("partners.once_open")}</Badge>;
}

function Form({ onClose, onMade }: { onClose: () => void; onMade: (url: string) => void }) {
  const queries = useQueryClient();
  const headers = useOnce();
  const [note, setNote] = useState("");
  const save = async () => {
    const made = await makeInvitation(note.trim(), headers(note));
    void queries.invalidateQueries({ queryKey: partnersKey });
    if (made.url) onMade(made.url);
  };
  return (
    <FormDialog title={t("partners.once_new")} action={t("partners.once_make")} width={480} onClose={onClose} onSave={save} fields={["note"]}>
      {(about) => <TextField label={t("partners.once_note")} hint={t("partners.once_note_hint")} value={note} maxLength={200} error={about("note")} onChange={(e) => setNote(e.target.value)} />}
    </FormDialog>
  );
}
