import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, ExternalLink, Pause, Play, Plus } from "lucide-react";
import { useState } from "react";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { useDo } from "@/desk/parts";
import { useFilters } from "@/desk/filters";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Select } from "@/ui/Field";
import { Menu, MenuItem } from "@/ui/Menu";
import { Page, Section } from "@/ui/Page";
import { Table } from "@/ui/Table";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { Invite } from "./Invite";
import { Again, Late } from "./Late";
import { OneTimeAddresses } from "./OneTimeAddresses";
import { PartnerSettings } from "./PartnerSettings";
import { Received } from "./Received";
import { changePartner, partners, partnersKey } from "./api";
import type { Partner, Status } from "./types";
import { crossing, label, standing, under, ways } from "./words";
import "./partners.css";

/** The states one chooses a list by: those of an invitation that did not arrive are one. */
const states = ["pending", "accepted", "paused", "ended", "trouble"] as const;
type State = (typeof states)[number];
const fits: Record<State, (p: Partner) => boolean> = {
  pending: (p) => p.status === "pending" || p.status === "draft",
  accepted: (p) => p.status === "accepted" && !p.paused,
  paused: (p) => p.status === "accepted" && p.paused,
  ended: (p) => p.status === "inactive" || p.status === "declined",
  trouble: (p) => troubles.includes(p.status),
};
const troubles: Status[] = ["failed", "ssl_error", "configuration_error"];

/** Other desks that tickets go to or come from. */
export function Partners() {
  const list = useQuery(partners);
  const go = useNavigate();
  const on = useMe().settings["partners.enabled"] === true;
  const [inviting, setInviting] = useState(false);
  const [filters, setFilters] = useFilters("/admin/partners", ["state"]);
  const state = states.find((s) => s === filters.state);
  const all = list.data?.items ?? [];
  const asking = all.filter((p) => p.direction === "inbound" && p.status === "pending");
  const agreements = all.filter((p) => !asking.includes(p));
  const rows = state ? agreements.filter(fits[state]) : agreements;
  const add = on && (
    <Button kind="primary" icon={Plus} onClick={() => setInviting(true)}>
      {t("partners.invite")}
    </Button>
  );
  return (
    <Page title={t("app.admin.partners")} lead={t("partners.lead")} actions={add} width={1040}>
      <PartnerSettings />
      {all.filter((p) => p.late && !p.paused).map((p) => (
        <Late key={p.id} of={p} />
      ))}
      {asking.length > 0 && <Received list={asking} />}
      <Section
        title={t("partners.agreements")}
        actions={
          agreements.length > 0 && (
            <Select quiet aria-label={t("partners.show")} value={state ?? ""} onChange={(e) => setFilters({ state: e.target.value })}>
              <option value="">{t("partners.show.all")}</option>
              {states.map((s) => (
                <option key={s} value={s}>
                  {t(`partners.show.${s}`)}
                </option>
              ))}
            </Select>
          )
        }
      >
        <Table
          label={t("partners.agreements")}
          list={list}
          rows={rows}
          id={(p) => p.id}
          off={(p) => fits.ended(p)}
          empty={
            state ? (
              <Empty title={t("partners.none")} drawing="search" />
            ) : (
              <Empty title={t("partners.empty")} drawing="share" action={add}>
                {t("partners.empty_text")}
              </Empty>
            )
          }
          columns={[
            { label: t("partners.partner"), cell: (p) => <Named of={p} /> },
            { label: t("partners.state"), cell: (p) => <Standing of={p} /> },
            { label: t("partners.direction"), cell: (p) => <Way of={p} /> },
            { label: t("partners.crosses"), cell: (p) => (fits.ended(p) && p.tickets > 0 ? tn("partners.stay", p.tickets) : crossing(p.terms)) },
            { label: t("partners.tickets"), cell: (p) => p.tickets, num: true },
            { label: t("partners.changed"), cell: (p) => <When at={p.updated_at} as="ago" />, num: true, nowrap: true },
          ]}
          end={(p) => <Acts of={p} />}
        />
      </Section>
      {on && <OneTimeAddresses />}
      {inviting && <Invite onClose={() => setInviting(false)} onMade={(p) => void go({ to: "/admin/partners/$id" as "/admin", params: { id: String(p.id) } as never })} />}
    </Page>
  );
}

/** Who it is: their mark, what they are called, and the host below, which nobody can choose for themselves. */
function Named({ of: p }: { of: Partner }) {
  return (
    <span className="partner-named">
      <Avatar name={p.host} kind="partner" />
      <span className="desk-name">
        <Link to={"/admin/partners/$id" as "/admin"} params={{ id: String(p.id) } as never}>
          {label(p)}
        </Link>
        <span className="meta">{under(p)}</span>
      </span>
    </span>
  );
}

/** How it goes with an agreement. */
export function Standing({ of: p }: { of: Partner }) {
  return (
    <span className="partner-marks">
      {standing(p).map((m) => (
        <Badge key={m.text} tone={m.tone} icon={m.icon}>
          {m.text}
        </Badge>
      ))}
    </span>
  );
}

/** Which way tickets go. */
export function Way({ of: p }: { of: Partner }) {
  return (
    <Badge tone={ways[p.direction].tone} icon={ways[p.direction].icon} title={t(`partners.way_long.${p.direction}`)}>
      {t(`partners.way.${p.direction}`)}
    </Badge>
  );
}

function Acts({ of: p }: { of: Partner }) {
  const go = useNavigate();
  const doIt = useDo(partnersKey);
  const pause = () => doIt(() => changePartner(p, { paused: !p.paused }), t(p.paused ? "partners.is_resumed" : "partners.is_paused"));
  if (p.status === "accepted" && p.paused) {
    return (
      <Button size="sm" onClick={() => void pause()}>
        {t("partners.resume")}
      </Button>
    );
  }
  if (troubles.includes(p.status)) return <Again of={p} text={t("partners.resend")} />;
  return (
    <Menu label={label(p)} trigger={<IconButton icon={Ellipsis} label={t("partners.acts_on", { name: label(p) })} />}>
      <MenuItem icon={ExternalLink} onSelect={() => void go({ to: "/admin/partners/$id" as "/admin", params: { id: String(p.id) } as never })}>
        {t("partners.open")}
      </MenuItem>
      {p.status === "accepted" && (
        <MenuItem icon={p.paused ? Play : Pause} onSelect={() => void pause()}>
          {t("partners.pause")}
        </MenuItem>
      )}
    </Menu>
  );
}
