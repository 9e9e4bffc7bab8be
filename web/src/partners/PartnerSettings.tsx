import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call, client } from "@/api/client";
import { refresh } from "@/admin/api";
import { t } from "@/app/i18n";
import { useMay, useMe } from "@/app/session";
import { Button } from "@/ui/Button";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";

/** Says where the settings stand in the way: nothing crosses, or invitations are declined unseen. */
export function PartnerSettings() {
  const { settings } = useMe();
  const may = useMay("settings.manage");
  const queries = useQueryClient();
  const on = settings["partners.enabled"] === true;
  const deaf = settings["partners.decline_all"] === true;
  const turn = useMutation({
    mutationFn: async () => {
      await call(client.PATCH("/settings", { body: { "partners.enabled": true } as never }));
      await refresh(queries);
    },
    onSuccess: () => toast(t("partners.turned_on")),
    onError: (error) => toast({ text: explain(error), error: true }),
  });
  if (on && !deaf) return null;
  return (
    <div className="banner" data-tone={on ? "neutral" : "warn"}>
      <p className="grow">{t(on ? "partners.deaf" : "partners.off")}</p>
      {may && !on && (
        <Button size="sm" busy={turn.isPending} onClick={() => turn.mutate()}>
          {t("partners.turn_on")}
        </Button>
      )}
      {may && (
        <Link className="a" to={"/admin/settings" as "/admin"} hash="partners">
          {t("partners.settings")}
        </Link>
      )}
    </div>
  );
}
