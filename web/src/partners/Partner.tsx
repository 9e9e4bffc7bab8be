import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Ellipsis, KeyRound, Pause, Pencil, Play, Send, Trash2, Unplug } from "lucide-react";
import { type ReactNode, useState } from "react";
import { t, tn } from "@/app/i18n";
import { useInboxes } from "@/desk/lists";
import { useDo } from "@/desk/parts";
import { Button, IconButton } from "@/ui/Button";
import { Confirm, Dialog } from "@/ui/Dialog";
import { SelectField, TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { Menu, MenuItem, MenuLine } from "@/ui/Menu";
import { Page, Section } from "@/ui/Page";
import { When } from "@/ui/When";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { FieldsSeen } from "./FieldsSeen";
import { ForeignPeople } from "./ForeignPeople";
import { Again, Late } from "./Late";
import { Log } from "./Log";
import { Standing, Way } from "./Partners";
import { Asks, Fingerprint } from "./Received";
import { Effect } from "./TermsGrid";
import { changePartner, partner, partnersKey, removePartner, rotateKey, testPartner } from "./api";
import type { Partner as Agreement } from "./types";
import { crossing, label } from "./words";
import "./partners.css";

/** One agreement: how it stands, what crosses, and what became of each message. */
export function Partner() {
  const id = Number((useParams({ strict: false }) as { id?: string }).id);
  const found = useQuery(partner(id));
  const p = found.data;
  const asks = p?.direction === "inbound" && p.status === "pending";
  // Nothing has come from a desk that was never agreed with.
  const met = p && (p.status === "accepted" || p.status === "inactive");
  return (
    <Page title={p ? label(p) : t("partners.partner")} lead={p && p.name ? p.host : undefined} actions={p && !asks && <Acts of={p} />} width={1040}>
      <p>
        <Link className="a" to={"/admin/partners" as "/admin"}>
          {t("partners.back")}
        </Link>
      </p>
      {found.isPending && <Skeleton lines={6} height={20} />}
      {found.error && !p && <Failed error={found.error} retry={() => void found.refetch()} />}
      {p && asks && (
        <div className="partner-ask">
          <Asks of={p} />
        </div>
      )}
      {p && !asks && (
        <>
          <Trouble of={p} />
          <Facts of={p} />
          <Section title={t("partners.terms")} lead={crossing(p.terms)}>
            <Effect terms={p.terms} direction={p.direction} who={label(p)} />
            <p className="meta">{t(p.capable ? "partners.terms_whole" : "partners.terms_flags")}</p>
          </Section>
          <Log of={p} />
          {met && <FieldsSeen of={p} />}
          {met && <ForeignPeople of={p} />}
        </>
      )}
    </Page>
  );
}

/** What is not as it should be, and what helps. */
function Trouble({ of: p }: { of: Agreement }) {
  const over = p.status === "inactive" || p.status === "declined";
  const bad = p.status === "failed" || p.status === "ssl_error" || p.status === "configuration_error";
  if (over) return <Banner text={t(p.tickets > 0 ? "partners.over_tickets" : "partners.over")} more={p.reason} />;
  if (bad) return <Banner tone="danger" text={t("partners.not_arrived")} more={p.reason} act={<Again of={p} text={t("partners.resend")} />} />;
  if (p.paused) return <Banner text={t("partners.paused_text")} more={p.reason} />;
  return <Late of={p} />;
}

function Banner({ tone = "neutral", text, more, act }: { tone?: "neutral" | "danger"; text: string; more: string; act?: ReactNode }) {
  return (
    <div className="banner" data-tone={tone}>
      <p className="grow">
        {text} {more}
      </p>
      {act}
    </div>
  );
}

function Facts({ of: p }: { of: Agreement }) {
  return (
    <Section title={t("partners.agreement")}>
      <dl className="desk-facts">
        <dt>{t("partners.state")}</dt>
        <dd>
          <Standing of={p} />
        </dd>
        <dt>{t("partners.direction")}</dt>
        <dd>
          <Way of={p} /> <span className="meta">{t(`partners.way_long.${p.direction}`)}</span>
        </dd>
        <dt>{t("partners.tickets")}</dt>
        <dd>
          {p.tickets > 0 ? (
            <Link className="a" to="/tickets" search={{ view: "all", state: "any", filter: JSON.stringify({ field: p.direction === "outbound" ? "partner_to" : "partner_from", op: "is", value: p.id }) }}>
              {tn("partners.ticket_count", p.tickets)}
            </Link>
          ) : (
            t("partners.no_tickets")
          )}
        </dd>
        <dt>{t("partners.host")}</dt>
        <dd>{p.host}</dd>
        {p.partner_name && (
          <>
            <dt>{t("partners.their_name")}</dt>
            <dd>{p.partner_name}</dd>
          </>
        )}
        <dt>{t("partners.address")}</dt>
        <dd className="mono">{p.address}</dd>
        <dt>{t("partners.our_address")}</dt>
        <dd className="mono">{p.our_address}</dd>
        {p.fingerprint && (
          <>
            <dt>{t("partners.fingerprint")}</dt>
            <dd>
              <Fingerprint of={p} />
              {p.rotating && <span className="meta">{t("partners.rotating")}</span>}
            </dd>
          </>
        )}
        <dt>{t("partners.speaks")}</dt>
        <dd>{t(p.signs ? "partners.speaks.signs" : p.capable ? "partners.speaks.capable" : "partners.speaks.plain")}</dd>
        <dt>{t("partners.since")}</dt>
        <dd>
          <When at={p.created_at} as="exact" />
        </dd>
      </dl>
    </Section>
  );
}

function Acts({ of: p }: { of: Agreement }) {
  const queries = useQueryClient();
  const go = useNavigate();
  const [open, setOpen] = useState<"" | "name" | "rotate" | "end" | "remove">("");
  const doIt = useDo(partnersKey);
  const test = useMutation({
    mutationFn: () => testPartner(p.id),
    onError: (error) => toast({ text: explain(error), error: true }),
    onSettled: () => queries.invalidateQueries({ queryKey: partnersKey }),
  });
  const close = () => setOpen("");
  const fresh = () => queries.invalidateQueries({ queryKey: partnersKey });
  const live = p.status === "accepted";
  const over = p.status === "inactive" || p.status === "declined";
  return (
    <>
      {live && (
        <>
          <Button icon={Send} busy={test.isPending} onClick={() => test.mutate()}>
            {t("partners.test")}
          </Button>
          <Button icon={p.paused ? Play : Pause} onClick={() => void doIt(() => changePartner(p, { paused: !p.paused }), t(p.paused ? "partners.is_resumed" : "partners.is_paused"))}>
            {t(p.paused ? "partners.resume" : "partners.pause")}
          </Button>
        </>
      )}
      <Menu label={label(p)} trigger={<IconButton icon={Ellipsis} label={t("app.actions")} />}>
        <MenuItem icon={Pencil} onSelect={() => setOpen("name")}>
          {t("app.edit")}
        </MenuItem>
        {live && p.capable && !p.rotating && (
          <MenuItem icon={KeyRound} onSelect={() => setOpen("rotate")}>
            {t("partners.rotate")}
          </MenuItem>
        )}
        {over && (
          <MenuItem icon={Trash2} danger onSelect={() => setOpen("remove")}>
            {t("partners.remove")}
          </MenuItem>
        )}
        {!over && (
          <>
            <MenuLine />
            <MenuItem icon={Unplug} danger onSelect={() => setOpen("end")}>
              {t(live ? "partners.end" : "partners.withdraw")}
            </MenuItem>
          </>
        )}
      </Menu>
      {test.data && (
        <Dialog open onClose={() => test.reset()} width={440} title={t(test.data.ok ? "partners.test_ok" : "partners.test_failed")}>
          <dl className="desk-facts">
            <dt>{t("partners.answer")}</dt>
            <dd>{test.data.status_code || t("partners.no_answer")}</dd>
            <dt>{t("partners.took")}</dt>
            <dd>{tn("desk.ms", test.data.ms)}</dd>
          </dl>
          {test.data.reason && <p>{test.data.reason}</p>}
        </Dialog>
      )}
      {open === "name" && <Rename of={p} onClose={close} />}
      <Confirm open={open === "rotate"} onClose={close} title={t("partners.rotate")} action={t("partners.rotate_do")} danger={false} onConfirm={() => rotateKey(p.id).then(fresh)}>
        <p>{t("partners.rotate_text")}</p>
      </Confirm>
      <Confirm
        open={open === "end"}
        onClose={close}
        title={t(live ? "partners.end_title" : "partners.withdraw_title", { name: label(p) })}
        action={t(live ? "partners.end_do" : "partners.withdraw")}
        onConfirm={() => changePartner(p, { status: "inactive" }).then(fresh)}
      >
        <p>{t(live ? "partners.end_text" : "partners.withdraw_text")}</p>
        {live && p.tickets > 0 && <p>{tn("partners.end_tickets", p.tickets)}</p>}
      </Confirm>
      <Confirm
        open={open === "remove"}
        onClose={close}
        title={t("partners.remove_title", { name: label(p) })}
        action={t("partners.remove")}
        onConfirm={async () => {
          await removePartner(p.id);
          void queries.invalidateQueries({ queryKey: [...partnersKey, "list"] });
          void go({ to: "/admin/partners" as "/admin" });
        }}
      >
        <p>{t("partners.remove_text")}</p>
      </Confirm>
    </>
  );
}

function Rename({ of: p, onClose }: { of: Agreement; onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(p.name);
  const [inbox, setInbox] = useState(p.inbox_id ?? 0);
  const inboxes = useInboxes();
  const save = async () => {
    await changePartner(p, { name: name.trim(), ...(p.direction === "inbound" ? { inbox_id: inbox || null } : {}) });
    await queries.invalidateQueries({ queryKey: partnersKey });
  };
  return (
    <FormDialog title={t("partners.edit")} subtitle={p.host} width={440} onClose={onClose} onSave={save} fields={["name", "inbox_id"]}>
      {(about) => (
        <>
          <TextField label={t("partners.name")} hint={t("partners.name_hint")} value={name} maxLength={200} error={about("name")} onChange={(e) => setName(e.target.value)} />
          {p.direction === "inbound" && (
            <SelectField label={t("partners.inbox")} hint={t("partners.inbox_hint")} value={inbox} error={about("inbox_id")} onChange={(e) => setInbox(Number(e.target.value))}>
              <option value={0}>{t("partners.inbox_first")}</option>
              {inboxes
                .filter((b) => b.active || b.id === inbox)
                .map((b) => (
                  <option key={b.id} value={b.id}>
                    {b.name}
                  </option>
                ))}
            </SelectField>
          )}
        </>
      )}
    </FormDialog>
  );
}
