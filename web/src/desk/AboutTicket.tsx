import { Link } from "@tanstack/react-router";
import type { Schema } from "@/api/client";
import { t } from "@/app/i18n";

/** The ticket that a line of a log is about. One that its reader cannot open says so and no more. */
export function AboutTicket({ of }: { of: Schema<"JobTicket"> | null | undefined }) {
  if (!of) return null;
  if (!of.visible || of.number === null) return <>{t("desk.jobs.hidden_ticket")}</>;
  return (
    <Link className="a" to="/tickets/$number" params={{ number: of.number }} search={{ view: "all" }}>
      #{of.number} {of.subject}
    </Link>
  );
}
