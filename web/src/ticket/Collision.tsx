import { useEffect, useRef } from "react";
import { TriangleAlert } from "lucide-react";
import type { Message } from "@/api/queries";
import { t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { When } from "@/ui/When";

type Props = { newer: Message; busy: boolean; onAnyway: () => void; onEdit: () => void; onDiscard: () => void };

/** Somebody wrote meanwhile: their message is shown before one's own goes. */
export function Collision({ newer, busy, onAnyway, onEdit, onDiscard }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const name = newer.author?.name ?? t("ticket.event.somebody");
  return (
    <div className="collision banner" data-tone="warn" role="alertdialog" aria-label={t("ticket.collision", { name })} ref={box} tabIndex={-1}>
      <Icon of={TriangleAlert} />
      <div className="grow">
        <strong>{t("ticket.collision", { name })}</strong> <When at={newer.created_at} as="ago" className="meta" />
        <blockquote>{newer.text}</blockquote>
      </div>
      <div className="cluster">
        <Button size="sm" kind="primary" onClick={onEdit}>
          {t("ticket.collision.edit")}
        </Button>
        <Button size="sm" busy={busy} onClick={onAnyway}>
          {t("ticket.collision.anyway")}
        </Button>
        <Button size="sm" kind="quiet" onClick={onDiscard}>
          {t("ticket.collision.discard")}
        </Button>
      </div>
    </div>
  );
}
