import { Ban, CircleAlert, CircleCheck, Clock, MailX, OctagonPause, RotateCw } from "lucide-react";
import type { Schema } from "@/api/client";
import { type Key, known, t } from "@/app/i18n";
import { Badge } from "@/ui/Badge";

export type SentMail = Schema<"OutgoingMail">;

/** Where a mail that left can stand, what needs a look first. */
export const mailStates = ["failed", "bounced", "held", "deferred", "waiting", "sent", "dropped"] as const satisfies readonly SentMail["state"][];

const looks = {
  sent: ["ok", CircleCheck], waiting: ["neutral", Clock], deferred: ["warn", RotateCw], failed: ["danger", CircleAlert], bounced: ["danger", MailX], held: ["warn", OctagonPause], dropped: ["neutral", Ban],
} as const;

/** Where a mail stands. */
export function MailState({ of }: { of: SentMail["state"] }) {
  const [tone, icon] = looks[of];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`app.mails.state.${of}`)}
    </Badge>
  );
}

/** What a mail is for. */
export function mailKind(kind: string): string {
  const key = `app.mails.kind.${kind}`;
  return known(key) ? t(key as Key) : "";
}

/** Why a mail did not arrive yet, in a sentence, with what the server said. */
export function whyNot(m: SentMail): string {
  if (m.state === "sent") return m.detail ? t("app.mails.delayed", { detail: m.detail }) : "";
  if (m.state === "waiting") return t("app.mails.waiting");
  if (m.state === "dropped") return t("app.mails.dropped");
  if (m.state === "held") return t("app.mails.held", { detail: m.detail });
  return m.detail;
}
