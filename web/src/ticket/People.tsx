import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Ticket } from "@/api/queries";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Avatar } from "@/ui/Avatar";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Choose } from "./Choose";
import { findMentionable } from "./api";
import type { Save } from "./useSaver";

/** Who gets copies of replies, and which agents follow along. */
export function People({ ticket, save }: { ticket: Ticket; save: Save }) {
  const me = useMe().person;
  const may = ticket.rights.includes("edit");
  const follows = ticket.followers.some((f) => f.id === me.id);
  const setFollowers = (followers: Ticket["followers"]) => save({ followers: followers.map((f) => f.id) }, { followers });
  const [typed, setTyped] = useState("");
  const [adding, setAdding] = useState(false);
  const setCcs = (ccs: Ticket["ccs"]) => save({ ccs: ccs.map((c) => c.address) }, { ccs });
  const addCc = async () => {
    const address = typed.trim();
    if (!address) return setAdding(false);
    if (ticket.ccs.some((c) => c.address.toLowerCase() === address.toLowerCase()) || (await setCcs([...ticket.ccs, { id: 0, name: address, address }]))) {
      setTyped("");
      setAdding(false);
    }
  };
  if (!may && ticket.ccs.length + ticket.followers.length === 0) return null;
  return (
    <section className="block" aria-labelledby="people-h">
      <div className="section-head">
        <h2 id="people-h">{t("ticket.people")}</h2>
      </div>
      <h3 className="group-label">{t("ticket.field.cc")}</h3>
      <ul aria-label={t("ticket.field.cc")}>
        {ticket.ccs.map((c) => (
          <li key={c.address} className="who">
            <Avatar name={c.name || c.address} size="sm" outside />
            <span className="grow">
              <span className="clip">{c.name || c.address}</span>
              {c.name && c.name !== c.address && <span className="meta clip">{c.address}</span>}
            </span>
            {may && <IconButton icon={X} label={t("ticket.cc.remove", { name: c.name || c.address })} onClick={() => void setCcs(ticket.ccs.filter((x) => x !== c))} />}
          </li>
        ))}
      </ul>
      {may && !adding && (
        <button type="button" className="a meta-btn" onClick={() => setAdding(true)}>
          {t("ticket.cc.add")}
        </button>
      )}
      {may && adding && (
        <form
          className="inline-form"
          onSubmit={(e) => {
            e.preventDefault();
            void addCc();
          }}
        >
          <input className="input" type="email" autoFocus aria-label={t("ticket.cc.address")} placeholder="name@example.org" value={typed} onChange={(e) => setTyped(e.target.value)} onKeyDown={(e) => e.key === "Escape" && (e.preventDefault(), setAdding(false))} />
          <Button size="sm" type="submit">
            {t("app.add")}
          </Button>
        </form>
      )}
      <h3 className="group-label">{t("ticket.field.followers")}</h3>
      <ul aria-label={t("ticket.field.followers")}>
        {ticket.followers.map((f) => (
          <li key={f.id} className="who">
            <Avatar name={f.name} size="sm" />
            <span className="grow clip">{f.name}</span>
            {may && <IconButton icon={X} label={t("ticket.follower.remove", { name: f.name })} onClick={() => void setFollowers(ticket.followers.filter((x) => x.id !== f.id))} />}
          </li>
        ))}
      </ul>
      {may && (
        <div className="cluster">
          {!follows && (
            <button type="button" className="a meta-btn" onClick={() => void setFollowers([...ticket.followers, { id: me.id, name: me.name }])}>
              {t("ticket.follow")}
            </button>
          )}
          <Choose
            label={t("ticket.follower.add")}
            name={`followers ${ticket.number}`}
            value={null}
            className="a meta-btn"
            find={async (q) => (q ? (await findMentionable(q, ticket.number)).filter((a) => a.access).map((a) => ({ id: a.id, name: a.name })) : [])}
            onChoose={(o) => !ticket.followers.some((f) => f.id === o.id) && void setFollowers([...ticket.followers, { id: o.id, name: o.name }])}
          >
            <Icon of={Plus} small /> {t("ticket.follower.add")}
          </Choose>
        </div>
      )}
    </section>
  );
}
