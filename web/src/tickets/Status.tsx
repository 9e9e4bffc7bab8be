import { t, known } from "@/app/i18n";

const tones: Record<string, string> = { new: "accent", open: "warn", pending: "in", on_hold: "neutral", solved: "ok", closed: "neutral" };

/** The drawings of the statuses: told apart by shape, and named for those who do not see it. */
function Shape({ of }: { of: string }) {
  switch (of) {
    case "new":
      return (
        <>
          <circle cx="8" cy="8" r="5.75" />
          <circle className="f" cx="8" cy="8" r="2.5" />
        </>
      );
    case "pending":
      return (
        <>
          <circle cx="8" cy="8" r="5.75" strokeDasharray="2.26 2.26" />
          <circle className="f" cx="8" cy="8" r="1.5" />
        </>
      );
    case "on_hold":
      return (
        <>
          <circle cx="8" cy="8" r="5.75" />
          <path d="M6.5 6v4M9.5 6v4" />
        </>
      );
    case "solved":
    case "closed":
      return (
        <>
          <circle className="f" cx="8" cy="8" r="6.25" />
          <path d="m5.3 8.2 1.9 1.9 3.5-4" stroke="var(--panel)" />
        </>
      );
    default:
      return (
        <>
          <circle cx="8" cy="8" r="5.75" />
          <path className="f" d="M8 4.2a3.8 3.8 0 0 1 0 7.6z" />
        </>
      );
  }
}

/** The name of a built-in status, or the account's own name for it. */
export function statusName(status: string, own?: string): string {
  if (own && own !== status) return own;
  const key = `tickets.status.${status}`;
  return known(key) ? t(key) : status;
}

/** The mark of a status at the beginning of a row. */
export function StatusMark({ status, name }: { status: string; name?: string }) {
  const said = statusName(status, name);
  return (
    <span className="status" data-tone={tones[status] ?? "neutral"} title={said}>
      <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
        <Shape of={status} />
      </svg>
      <span className="vh">{said}</span>
    </span>
  );
}
