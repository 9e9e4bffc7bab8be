import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { type Schema, call, client } from "@/api/client";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Section } from "@/ui/Page";
import { useNow } from "@/ui/When";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { browserOf } from "./browser";
import { t } from "./i18n";
import { signOut } from "./own";
import { ago, exact } from "./time";

type Session = Schema<"OwnSession">;

const key = ["me", "sessions"];

function nameOf(s: Session): string {
  const { browser, system } = browserOf(s.user_agent);
  if (browser && system) return t("app.profile.session_on", { browser, system });
  return browser || system || t("app.profile.session_unknown");
}

/** Where one is signed in, and how to end that there. */
export function Sessions() {
  const queries = useQueryClient();
  const list = useQuery({ queryKey: key, queryFn: async () => (await call(client.GET("/me/sessions"))).items });
  const end = useMutation({
    mutationFn: (id: string | undefined) => call(id ? client.DELETE("/me/sessions/{id}", { params: { path: { id } } }) : client.DELETE("/me/sessions")),
    onSuccess: (_, id) => toast(t(id ? "app.profile.session_ended" : "app.profile.sessions_ended")),
    onError: (error) => toast({ text: explain(error), error: true }),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  const others = list.data?.filter((s) => !s.current) ?? [];
  return (
    <Section title={t("app.profile.sessions")} lead={t("app.profile.sessions_lead")} id="sessions">
      {list.isPending && <Skeleton lines={2} height={44} />}
      {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data && (
        <ul aria-label={t("app.profile.sessions")}>
          {list.data.toSorted((a, b) => Number(b.current) - Number(a.current)).map((s) => (
            <Line key={s.id} of={s} busy={end.isPending} onEnd={() => (s.current ? void signOut().catch((error) => toast({ text: explain(error), error: true })) : end.mutate(s.id))} />
          ))}
        </ul>
      )}
      {list.data && (
        <div className="cluster">
          {others.length > 0 ? (
            <Button busy={end.isPending && end.variables === undefined} onClick={() => end.mutate(undefined)}>
              {t("app.profile.sessions_end_others")}
            </Button>
          ) : (
            <p className="meta">{t("app.profile.sessions_alone")}</p>
          )}
        </div>
      )}
    </Section>
  );
}

function Line({ of: s, busy, onEnd }: { of: Session; busy: boolean; onEnd: () => void }) {
  const now = useNow();
  const name = nameOf(s);
  const used = s.used_at ? t("app.profile.session_used", { when: ago(s.used_at, "long", now) }) : t("app.profile.session_unused");
  const parts = [used, s.network && t("app.profile.session_network", { network: s.network }), t("app.profile.session_since", { when: exact(s.created_at) })];
  return (
    <li className="me-line" title={s.user_agent || undefined}>
      <span className="grow">
        <span className="cluster">
          <span className="strong">{name}</span>
          {s.current && <Badge tone="ok">{t("app.profile.session_here")}</Badge>}
        </span>
        <span className="meta">{parts.filter(Boolean).join(" · ")}</span>
      </span>
      <IconButton icon={LogOut} label={t("app.profile.session_end_named", { name })} disabled={busy} onClick={onEnd} />
    </li>
  );
}
