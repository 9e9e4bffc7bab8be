import { useQuery } from "@tanstack/react-query";
import { Link as RouterLink } from "@tanstack/react-router";
import { Ellipsis, Eye, Unlink, X } from "lucide-react";
import { useState } from "react";
import type { Ticket } from "@/api/queries";
import { queries } from "@/api/queries";
import { t } from "@/app/i18n";
import { ago } from "@/app/time";
import { useMay, useMe } from "@/app/session";
import { maySetShares } from "@/sharing/model";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Check, Select } from "@/ui/Field";
import { Menu, MenuItem } from "@/ui/Menu";
import { useNow } from "@/ui/When";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { Preview } from "./Preview";
import { act } from "@/ticket/useSaver";
import { detach, resume, retryPartner, ticketPartners, unshare } from "./api";
import { live, stateOf, wayOf } from "./linkWords";
import type { Link } from "./types";
import { setWaiting, submitWaiting, useWaiting, wishOf } from "./waiting";
import { crossing, nextTry } from "./words";
import "./partners.css";

/** The section of a ticket's details about other desks: whom it goes to or came from, how that goes, and the field that shares it. */
export function TicketPartners({ ticket }: { ticket: Ticket }) {
  const number = ticket.number;
  const list = useQuery(ticketPartners(number));
  const links = list.data?.items ?? [];
  const choices = list.data?.choices ?? [];
  // What stands below does not jump when the list comes.
  if (list.isPending) return <PartnersComing />;
  if (list.error) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (links.length === 0 && choices.length === 0) return null;
  return (
    <section className="block" aria-labelledby="partners-h">
      <div className="section-head">
        <h2 id="partners-h">{t("partners.on_ticket")}</h2>
      </div>
      {links.length > 0 && (
        <ul aria-label={t("partners.on_ticket")}>
          {links.map((l) => (
            <One key={l.id} ticket={ticket} of={l} />
          ))}
        </ul>
      )}
      {choices.length > 0 && <ShareWith ticket={ticket} choices={choices} />}
    </section>
  );
}

/** Keeps the place of the section. */
function PartnersComing() {
  return (
    <section className="block" aria-busy>
      <div className="section-head">
        <h2>{t("partners.on_ticket")}</h2>
      </div>
      <Skeleton lines={2} height={20} />
    </section>
  );
}

const nameOf = (l: Pick<Link, "partner">) => l.partner.name;

function One({ ticket, of: l }: { ticket: Ticket; of: Link }) {
  const now = useNow();
  const may = maySetShares(ticket, useMe().permissions);
  const [asked, setAsked] = useState<"unshare" | "detach">();
  const name = nameOf(l);
  const way = wayOf(l.direction, name);
  const state = stateOf(l.state, name);
  const mayUnshare = may && l.direction === "sent" && (live(l.state) || l.state === "frozen");
  const mayDetach = may && l.direction === "received" && (live(l.state) || l.state === "frozen" || l.state === "orphaned");
  const when = l.state === "delayed" && l.next_try_at ? nextTry(l.next_try_at, now) : l.synced_at && live(l.state) ? t("partners.synced", { when: ago(l.synced_at, "short", now) }) : "";
  const again = () => act(ticket.number, () => resume(ticket.number, l.id), t("partners.status_resumed"));
  const facts = [l.remote_number && t("partners.number_there", { number: l.remote_number }), when].filter(Boolean).join(" · ");
  const carryOut = async () => {
    await (asked === "detach" ? detach(ticket.number, l.id) : unshare(ticket.number, l.id));
    await queries.invalidateQueries({ queryKey: ["ticket", ticket.number] });
    toast(t(asked === "detach" ? "partners.detached" : "partners.unshared", { name }));
  };
  return (
    <li className="partner-link">
      <Avatar name={l.partner.host} kind="partner" />
      <span className="strong clip" title={l.partner.host}>
        {name}
      </span>
      <span className="cluster">
        <Badge tone={live(l.state) ? way.tone : "neutral"} icon={way.icon}>
          {t(l.direction === "sent" ? "partners.way.outbound" : "partners.way.inbound")}
        </Badge>
        <Badge tone={state.tone} icon={state.icon}>
          {state.text}
        </Badge>
      </span>
      {facts && <span className="meta">{facts}</span>}
      {l.reason && (l.state === "delayed" || l.state === "declined") && <span className="meta">{l.reason}</span>}
      {l.state === "delayed" && <Late of={l} number={ticket.number} />}
      {l.status_frozen && live(l.state) && (
        <span className="meta">
          {t("partners.status_frozen")}{" "}
          {may && (
            <button type="button" className="a" onClick={() => void again()}>
              {t("partners.status_resume")}
            </button>
          )}
        </span>
      )}
      <span className="meta">{live(l.state) ? crossing(l.terms) : t(`ticket.partner.means.${l.state}` as "ticket.partner.means.ended")}</span>
      {(mayUnshare || mayDetach) && (
        <Menu label={name} trigger={<IconButton icon={Ellipsis} label={t("partners.acts_on", { name })} />}>
          {mayUnshare && (
            <MenuItem icon={X} danger onSelect={() => setAsked("unshare")}>
              {t("partners.unshare")}
            </MenuItem>
          )}
          {mayDetach && (
            <MenuItem icon={Unlink} danger onSelect={() => setAsked("detach")}>
              {t("partners.detach")}
            </MenuItem>
          )}
        </Menu>
      )}
      <Confirm open={asked !== undefined} onClose={() => setAsked(undefined)} title={t(asked === "detach" ? "partners.detach_title" : "partners.unshare_title", { name })} action={t(asked === "detach" ? "partners.detach" : "partners.unshare")} onConfirm={carryOut}>
        <p>{t(asked === "detach" ? "partners.detach_text" : "partners.unshare_text", { name })}</p>
      </Confirm>
    </li>
  );
}

/** What administrators can do about a ticket that waits. */
function Late({ of: l, number }: { of: Link; number: number }) {
  const may = useMay("partners.manage");
  if (!may) return null;
  return (
    <span className="cluster partner-late">
      <Button size="sm" onClick={() => void act(number, () => retryPartner(l.partner.id), t("partners.retried_all"))}>
        {t("partners.retry_all")}
      </Button>
      <RouterLink className="a" to={"/admin/partners/$id" as "/admin"} params={{ id: String(l.partner.id) } as never} search={{ log: "waiting" } as never}>
        {t("partners.log")}
      </RouterLink>
    </span>
  );
}

/** "Share ticket with": what is chosen waits until the ticket is submitted (S4-04, S4-05). */
function ShareWith({ ticket, choices }: { ticket: Ticket; choices: { id: number; name: string; host: string; terms: Link["terms"] }[] }) {
  const number = ticket.number;
  const waiting = useWaiting(number);
  const most = Number(useMe().settings["partners.max_per_ticket"] ?? 5);
  const [looking, setLooking] = useState(false);
  const [busy, setBusy] = useState(false);
  const chosen = waiting.partners.filter((w) => choices.some((c) => c.id === w.id));
  const left = choices.filter((c) => !chosen.some((w) => w.id === c.id));
  const history = chosen.some((w) => choices.find((c) => c.id === w.id)?.terms.history === "all");
  const set = (partners: { id: number; name: string }[], fromNow = waiting.fromNow) => setWaiting(number, { partners, fromNow });
  const submit = async () => {
    setBusy(true);
    try {
      const names = await submitWaiting(number);
      toast(t("partners.shared", { names: names.join(", ") }));
      setLooking(false);
    } catch (error) {
      toast({ text: explain(error), error: true });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="partner-with">
      {left.length > 0 && chosen.length < most && (
        <Select
          aria-label={t("partners.share_with")}
          value=""
          onChange={(e) => {
            const c = left.find((x) => x.id === Number(e.target.value));
            if (c) set([...chosen, { id: c.id, name: c.name }]);
          }}
        >
          <option value="">{t("partners.share_with")}</option>
          {left.map((c) => (
            <option key={c.id} value={c.id}>
              {c.name && c.name !== c.host ? `${c.name} (${c.host})` : c.host}
            </option>
          ))}
        </Select>
      )}
      {chosen.length > 0 && (
        <div className="partner-waits" role="group" aria-label={t("partners.waits")}>
          <ul>
            {chosen.map((w) => (
              <li key={w.id}>
                <Avatar name={choices.find((c) => c.id === w.id)?.host ?? w.name} kind="partner" size="sm" />
                <span className="clip grow">{w.name}</span>
                <IconButton icon={X} label={t("app.remove", { name: w.name })} onClick={() => set(chosen.filter((x) => x.id !== w.id))} />
              </li>
            ))}
          </ul>
          {history && (
            <Check checked={waiting.fromNow} onChange={(e) => set(chosen, e.target.checked)} hint={t("partners.from_now_hint")}>
              {t("partners.from_now")}
            </Check>
          )}
          <p className="meta">{t("partners.waits_text")}</p>
          <div className="cluster">
            <Button size="sm" kind="primary" busy={busy} onClick={() => void submit()}>
              {t("partners.submit")}
            </Button>
            <Button size="sm" icon={Eye} onClick={() => setLooking(true)}>
              {t("partners.preview")}
            </Button>
          </div>
        </div>
      )}
      {looking && chosen.length > 0 && <Preview number={number} wish={wishOf({ partners: chosen, fromNow: waiting.fromNow })} busy={busy} onClose={() => setLooking(false)} onSubmit={() => void submit()} />}
    </div>
  );
}
