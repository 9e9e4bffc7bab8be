import "./badges.css";
import { useQuery } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { useState } from "react";
import { shares, ticket as ticketOf } from "@/api/queries";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { AskForm } from "./AskForm";
import { type Level, ends, levels, onlyByShare, rank } from "./model";

const can = { view: "sharing.strip.view", comment: "sharing.strip.comment", edit: "sharing.strip.edit" } as const;

/** What somebody sees who is let in by a share alone: how far, by whom, until when, and how to ask for more. */
export function ShareStrip({ number }: { number: number }) {
  const me = useMe();
  const ticket = useQuery(ticketOf(number)).data;
  const only = !!ticket && onlyByShare(ticket.reasons);
  const list = useQuery({ ...shares(number), enabled: only }).data?.items ?? [];
  const [asking, setAsking] = useState(false);
  const [sent, setSent] = useState(false);
  if (!ticket || !only) return null;
  const ways = ticket.reasons.map((r) => r.share_id);
  const mine = list.filter((s) => ways.includes(s.id));
  const by = [...new Set(mine.flatMap((s) => (s.created_by && s.created_by.id !== me.person.id ? [s.created_by.name] : [])))].join(", ");
  const end = mine.length > 0 && mine.every((s) => s.expires_at) ? mine.map((s) => s.expires_at!).toSorted().at(-1)! : "";
  const level = (levels.find((l) => l === ticket.level) ?? "edit") as Level;
  const next = levels.find((l) => rank(l) > rank(level));
  return (
    <div className="share-strip" data-tone="in">
      <div className="share-strip-line">
        <Icon of={Eye} />
        <p>
          {t(can[level])} {by && t("sharing.strip.by", { name: by })} {end && `${ends(end)}.`}
        </p>
        {next && !asking && !sent && (
          <Button size="sm" onClick={() => setAsking(true)}>
            {t(next === "comment" ? "sharing.strip.ask_comment" : "sharing.strip.ask_edit")}
          </Button>
        )}
        {sent && (
          <p className="strong" role="status">
            {t("sharing.ask.sent_short")}
          </p>
        )}
      </div>
      {asking && next && (
        <AskForm
          number={number}
          offered={levels.filter((l) => rank(l) > rank(level))}
          onCancel={() => setAsking(false)}
          onSent={() => {
            setAsking(false);
            setSent(true);
          }}
        />
      )}
    </div>
  );
}
