import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Lock } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { ComesBack } from "@/ticket/ComesBack";
import { Badge } from "@/ui/Badge";
import { Icon } from "@/ui/Icon";
import { Page, Section } from "@/ui/Page";
import { Failed, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toast";
import { faultOf } from "@/ui/FormDialog";
import { type Person as PersonType, type PersonPatch, brands, groups, inboxes, person as personQuery, refresh, roles } from "./api";
import { PersonActs } from "./PersonActs";
import { PersonFields } from "./PersonFields";
import { PersonReach } from "./PersonReach";
import { permissionsOf, reachSentences, rightsSentence } from "./personWords";
import { grouped, rightName } from "./rights";
import { BackLink } from "./Role";
import { Guarded, Unsaved } from "./ui";

/** One person: who they are, what they may see and do, how they sign in. */
export function Person() {
  const { id } = useParams({ strict: false }) as { id: string };
  const one = useQuery(personQuery(Number(id)));
  const title = one.data?.name ?? t("app.admin.people");
  return (
    <Guarded permissions={["people.manage"]} title={title}>
      {one.data ? (
        <PersonPage key={id} person={one.data} />
      ) : (
        <Page title={title}>{one.error ? <Failed error={one.error} retry={() => void one.refetch()} /> : <Skeleton lines={8} />}</Page>
      )}
    </Guarded>
  );
}

export type Draft = Omit<PersonPatch, "$schema">;

const fields = ["name", "address", "others", "language", "department_id", "department_tickets", "department_changes", "company_id", "roles", "scope", "brands", "all_brands", "inboxes", "all_inboxes", "groups", "kind"];

/** unlike says whether a value differs; lists are compared as sets. */
function unlike(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length !== b.length || a.some((x) => !b.includes(x));
  return (a ?? null) !== (b ?? null);
}

function PersonPage({ person }: { person: PersonType }) {
  const me = useMe();
  const queries = useQueryClient();
  const lists = { roles: useQuery(roles).data ?? [], groups: useQuery(groups).data ?? [], brands: useQuery(brands).data ?? [], inboxes: useQuery(inboxes).data ?? [] };
  const [draft, setDraft] = useState<Draft>({});
  const set = (change: Draft) =>
    setDraft((old) => {
      const next = { ...old, ...change };
      for (const key of Object.keys(next) as (keyof Draft)[]) if (!unlike(next[key], person[key as keyof PersonType])) delete next[key];
      return next;
    });
  const now = { ...person, ...draft } as PersonType;
  const own = person.id === me.person.id;
  const theirs = permissionsOf(person.roles, lists.roles);
  const stronger = theirs.some((p) => !me.permissions.includes(p));
  const ownerRole = lists.roles.find((r) => r.built_in === "owner")?.id;
  const viewer = useQuery(personQuery(me.person.id)).data;
  const isOwner = !!ownerRole && (viewer?.roles ?? []).includes(ownerRole);
  const save = useMutation({
    mutationFn: () => call(client.PATCH("/people/{id}", { params: { path: { id: person.id } }, body: draft })),
    onSuccess: async (saved) => {
      queries.setQueryData(personQuery(person.id).queryKey, saved);
      setDraft({});
      await refresh(queries);
      toast(t("app.saved"));
    },
  });
  const about = (field: string) => faultOf(save.error, field);
  const gives = permissionsOf(now.roles, lists.roles);
  const agent = now.kind === "agent";
  return (
    <Page
      title={person.name}
      lead={
        <span className="adm-title">
          <BackLink to="/admin/people" label={t("app.admin.people")} />
          {person.kind === "agent" ? <Badge tone="accent">{t("admin.people.agent")}</Badge> : <Badge>{t("admin.people.requester")}</Badge>}
          {!person.active && <Badge tone="warn">{t("admin.person.off")}</Badge>}
          {own && <Badge tone="neutral">{t("app.you")}</Badge>}
        </span>
      }
    >
      {stronger && (
        <p className="banner" data-tone="neutral">
          <Icon of={Lock} />
          <span>{t("admin.person.stronger")}</span>
        </p>
      )}
      <ComesBack person={person} />
      <Section title={t("admin.person.profile")}>
        <PersonFields now={now} set={set} about={about} disabled={stronger} kind={person.kind} />
      </Section>
      {agent && (
        <>
          <Section title={t("admin.person.reach")} lead={own && !isOwner ? t("admin.person.own_reach") : t("admin.person.reach_lead")}>
            <PersonReach now={now} set={set} about={about} lists={lists} disabled={stronger || (own && !isOwner)} />
          </Section>
          <Section title={t("admin.person.effect")}>
            <div className="sentence">
              {reachSentences(now, lists).map((s) => (
                <p key={s}>{s}</p>
              ))}
              <p>{rightsSentence(gives)}</p>
            </div>
            {gives.length > 0 && (
              <dl className="adm-has">
                {grouped(gives).map((g) => (
                  <div key={g.name}>
                    <dt>{g.name}</dt>
                    <dd>
                      {g.permissions.map((p) => (
                        <Badge key={p}>{rightName(p)}</Badge>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            )}
          </Section>
        </>
      )}
      <PersonActs person={person} own={own} stronger={stronger} />
      <Unsaved
        count={Object.keys(draft).length}
        busy={save.isPending}
        error={save.error}
        fields={fields}
        onSave={() => save.mutate()}
        onDiscard={() => {
          setDraft({});
          save.reset();
        }}
      />
    </Page>
  );
}
