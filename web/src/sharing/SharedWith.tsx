import "./badges.css";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Link2, Plus, X } from "lucide-react";
import { useState } from "react";
import { shares, ticket as ticketOf, whoSees } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { partnersOf } from "@/partners/of";
import { Avatar } from "@/ui/Avatar";
import { Button, IconButton } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Icon } from "@/ui/Icon";
import { Failed, Skeleton } from "@/ui/states";
import { useMayShare, useShareAddress } from "./ShareButton";
import { useShareActions } from "./actions";
import { afterwards, ends, levelName, sharedBy } from "./model";

/** How many stand there before one asks for all: the properties are under them. */
const most = 6;

/** The section of a ticket's details that says with whom it is shared, and where whoever may share adds and removes. */
export function SharedWith({ number }: { number: number }) {
  const me = useMe();
  const go = useNavigate();
  const may = useMayShare(number);
  const { show } = useShareAddress();
  const ticket = useQuery(ticketOf(number)).data;
  const list = useQuery(shares(number));
  const sights = useQuery({ ...whoSees(number), enabled: may && (ticket?.shares ?? 0) > 0 }).data?.items ?? [];
  const actions = useShareActions(number);
  const [leaving, setLeaving] = useState(false);
  const items = list.data?.items ?? [];
  const crosses = ticket ? partnersOf(ticket).some((m) => m.state !== "ended" && m.state !== "detached") : false;
  const [whole, setWhole] = useState(false);
  const shown = whole || items.length <= most + 2 ? items : items.slice(0, most);
  const leave = async () => {
    if (!(await actions.leave())) throw new Error(t("app.failed"));
    await go({ to: "/tickets", search: { view: "shared-with-me" } });
  };
  return (
    <section className="block shared-with" aria-labelledby="shared-with-h">
      <div className="section-head">
        <h2 id="shared-with-h">{t("sharing.with")}</h2>
        {may && <IconButton icon={Plus} label={t("sharing.with.add")} className="push" onClick={show} />}
      </div>
      {list.isPending && <Skeleton lines={2} />}
      {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
      {ticket?.public_link && (
        <p className="meta shared-with-link">
          <Icon of={Link2} small />
          {t("sharing.badge.link.title")}
        </p>
      )}
      {list.data && items.length === 0 && !ticket?.public_link && <p className="meta">{t(crosses ? "sharing.with.no_people" : "sharing.with.nobody")}</p>}
      <ul aria-label={t("sharing.with")}>
        {shown.map((s) => {
          const after = afterwards(s, sights);
          const self = s.target.kind === "agent" && s.target.id === me.person.id;
          return (
            <li key={s.id} className="who">
              <Avatar name={s.target.name} kind={s.target.kind === "group" ? "group" : "person"} outside={s.target.kind === "requester"} />
              <span className="grow">
                <span className="clip">
                  <span className="strong">{s.target.name}</span>
                  {self && <span className="meta"> {t("app.you")}</span>}
                </span>
                <span className="meta clip" title={s.reason || undefined}>
                  {s.expires_at ? ends(s.expires_at) : sharedBy(s)}
                </span>
              </span>
              <span className="meta">{levelName(s.level)}</span>
              {may && !self && (
                <IconButton
                  icon={X}
                  className="share-remove"
                  label={t("sharing.row.remove", { name: s.target.name, what: after })}
                  onClick={() => void actions.remove(s, t("sharing.toast.removed", { name: s.target.name, what: after }))}
                />
              )}
              {self && ticket?.rights.includes("leave") && (
                <Button size="sm" kind="quiet" onClick={() => setLeaving(true)}>
                  {t("sharing.with.leave")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {shown.length < items.length && (
        <button type="button" className="a shared-with-all" onClick={() => setWhole(true)}>
          {tn("sharing.with.more", items.length - shown.length)}
        </button>
      )}
      {may && (
        <button type="button" className="a shared-with-all" onClick={show}>
          {items.length > 0 ? t("sharing.with.all") : t("sharing.with.share")}
        </button>
      )}
      <Confirm open={leaving} onClose={() => setLeaving(false)} onConfirm={leave} title={t("sharing.leave.title")} action={t("sharing.row.leave_now")}>
        <p>{t("sharing.leave.text")}</p>
      </Confirm>
    </section>
  );
}
