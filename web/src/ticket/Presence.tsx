import { t, tn } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import type { Here } from "./usePresence";

/** Who else has the ticket open, and who is writing. */
export function Presence({ here }: { here: Here[] }) {
  const awake = here.filter((h) => !h.away);
  const writing = awake.filter((h) => h.state === "replying");
  const first = (name: string) => name.split(/\s+/)[0] ?? name;
  const words =
    writing.length === 1 ? t("ticket.presence.replying", { name: first(writing[0]?.name ?? "") })
    : writing.length > 1 ? tn("ticket.presence.replying_many", writing.length)
    : awake.length === 1 ? t("ticket.presence.viewing", { name: first(awake[0]?.name ?? "") })
    : awake.length > 1 ? tn("ticket.presence.viewing_many", awake.length)
    : "";
  return (
    <span className="presence push" role="status">
      {here.length > 0 && (
        <span className="avatars">
          {here.slice(0, 4).map((h) => (
            <Avatar key={h.id} name={h.name} size="sm" live={!h.away && h.state === "replying"} away={h.away} title={h.name} />
          ))}
        </span>
      )}
      <span className="clip">{words}</span>
    </span>
  );
}
