import { t, tn } from "@/app/i18n";
import { useDo } from "@/desk/parts";
import { Button } from "@/ui/Button";
import { partnersKey, retryPartner } from "./api";
import type { Partner } from "./types";
import { label } from "./words";

/** Says that messages for a partner do not arrive, why, and tries them now. */
export function Late({ of: p }: { of: Partner }) {
  if (!p.late || p.paused) return null;
  return (
    <div className="banner" data-tone="danger" role="status">
      <p className="grow">
        <strong>{t("partners.late", { name: label(p) })}</strong> {p.late} {tn("partners.late_waiting", p.waiting)}
      </p>
      <Again of={p} text={t("partners.retry_all")} />
    </div>
  );
}

/** Tries at once what waits for a partner, or its invitation again. */
export function Again({ of: p, text }: { of: Partner; text: string }) {
  const doIt = useDo(partnersKey);
  return (
    <Button size="sm" aria-label={`${text}: ${label(p)}`} onClick={() => void doIt(() => retryPartner(p.id), t("partners.retried_all"))}>
      {text}
    </Button>
  );
}
