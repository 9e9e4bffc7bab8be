import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Section } from "@/ui/Page";
import { When } from "@/ui/When";
import { toast } from "@/ui/toast";
import { Effect } from "./TermsGrid";
import { changePartner, partnersKey } from "./api";
import type { Partner } from "./types";

/** Invitations of other desks: nothing of them is trusted, and nothing is sent to them, until somebody accepts. */
export function Received({ list }: { list: Partner[] }) {
  return (
    <Section title={t("partners.received")} lead={t("partners.received_lead")}>
      <ul className="partner-asks" aria-label={t("partners.received")}>
        {list.map((p) => (
          <li key={p.id} className="partner-ask" aria-label={p.host}>
            <Asks of={p} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** One invitation: the host first, since the name is what they say. */
export function Asks({ of: p }: { of: Partner }) {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<"accepted" | "declined">();
  const decide = async () => {
    if (!asked) return;
    await changePartner(p, { status: asked });
    await queries.invalidateQueries({ queryKey: partnersKey });
    toast(t(asked === "accepted" ? "partners.accepted" : "partners.declined", { host: p.host }));
  };
  return (
    <>
      <div className="partner-ask-head">
        <Avatar name={p.host} kind="partner" size="lg" outside />
        <div className="grow">
          <h3>{p.host}</h3>
          <p className="meta">
            {p.partner_name && <>{t("partners.calls_itself", { name: p.partner_name })} · </>}
            <When at={p.created_at} as="ago" />
          </p>
        </div>
      </div>
      <Effect terms={p.terms} direction="inbound" who={p.host} />
      <Fingerprint of={p} />
      <div className="cluster">
        <Button kind="primary" onClick={() => setAsked("accepted")}>
          {t("partners.accept")}
        </Button>
        <Button onClick={() => setAsked("declined")}>{t("partners.decline")}</Button>
        <span className="meta">{t("partners.address_is", { address: p.address })}</span>
      </div>
      <Confirm
        open={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={t(asked === "declined" ? "partners.decline_title" : "partners.accept_title", { host: p.host })}
        action={t(asked === "declined" ? "partners.decline" : "partners.accept")}
        danger={asked === "declined"}
        onConfirm={decide}
      >
        <p>{t(asked === "declined" ? "partners.decline_text" : "partners.accept_text", { host: p.host })}</p>
      </Confirm>
    </>
  );
}

/** The key in a form that two people can read to each other. */
export function Fingerprint({ of: p }: { of: Pick<Partner, "fingerprint"> }) {
  if (!p.fingerprint) return null;
  return (
    <p className="partner-finger">
      <code>{p.fingerprint}</code>
      <span className="meta">{t("partners.fingerprint_hint")}</span>
    </p>
  );
}

