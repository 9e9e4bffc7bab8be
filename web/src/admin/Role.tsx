import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ChevronLeft, Copy, Lock, Trash2, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { Page, Section } from "@/ui/Page";
import { Failed, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toast";
import { usePages } from "@/ui/Table";
import { faultOf } from "@/ui/FormDialog";
import { type Role as RoleType, peoplePage, permissions, person, refresh, role as roleQuery, roles } from "./api";
import { RightBoxes, rightName } from "./rights";
import { NewRole, roleName } from "./Roles";
import { Guarded, Unsaved } from "./ui";

/** One role: its permissions, and who has it. */
export function Role() {
  const { id } = useParams({ strict: false }) as { id: string };
  const one = useQuery(roleQuery(Number(id)));
  const title = one.data ? roleName(one.data) : t("app.admin.roles");
  return (
    <Guarded permissions={["roles.manage"]} title={title}>
      {one.data ? (
        <RolePage key={id} role={one.data} />
      ) : (
        <Page title={title}>{one.error ? <Failed error={one.error} retry={() => void one.refetch()} /> : <Skeleton lines={8} />}</Page>
      )}
    </Guarded>
  );
}

function RolePage({ role }: { role: RoleType }) {
  const me = useMe();
  const own = me.permissions;
  const queries = useQueryClient();
  const go = useNavigate();
  const all = useQuery(permissions);
  const list = useQuery(roles).data ?? [];
  const mine = useQuery(person(me.person.id)).data?.roles?.includes(role.id) ?? false;
  const held = usePages(["admin", "people", { role_id: role.id }], ({ cursor = "" }) => peoplePage({ role_id: role.id }, cursor, 20));
  const [name, setName] = useState(role.name);
  const [chosen, setChosen] = useState<string[]>(role.permissions ?? []);
  const [asking, setAsking] = useState<"delete" | "clone" | "">("");
  const builtIn = !!role.built_in;
  const before = role.permissions ?? [];
  const changed = before.filter((p) => !chosen.includes(p)).length + chosen.filter((p) => !before.includes(p)).length + (name === role.name ? 0 : 1);
  const lost = mine ? before.filter((p) => !chosen.includes(p)) : [];
  const save = useMutation({
    mutationFn: () =>
      call(
        client.PATCH("/roles/{id}", {
          params: { path: { id: role.id } },
          body: { ...(name === role.name ? {} : { name }), ...(chosen.length === before.length && before.every((p) => chosen.includes(p)) ? {} : { permissions: chosen }) },
        }),
      ),
    onSuccess: async (saved) => {
      queries.setQueryData(roleQuery(role.id).queryKey, saved);
      setName(saved.name);
      setChosen(saved.permissions ?? []);
      await refresh(queries);
      toast(t("app.saved"));
    },
  });
  const inUse = held.items.length > 0;
  return (
    <Page
      title={roleName(role)}
      lead={
        <>
          <BackLink to="/admin/roles" label={t("app.admin.roles")} /> {builtIn ? t("admin.role.built_in_lead") : t("admin.role.lead")}
        </>
      }
      actions={
        <>
          <Button icon={Copy} reason={before.every((p) => own.includes(p)) ? undefined : t("admin.role.clone_more")} onClick={() => setAsking("clone")}>
            {t("admin.role.clone")}
          </Button>
          {!builtIn && (
            <Button kind="danger" icon={Trash2} reason={inUse ? t("admin.role.in_use") : held.isPending ? t("app.loading") : undefined} onClick={() => setAsking("delete")}>
              {t("app.delete")}
            </Button>
          )}
        </>
      }
    >
      {!builtIn && (
        <Section title={t("admin.name")}>
          <div className="adm-pair">
            <TextField bare label={t("admin.name")} value={name} maxLength={200} error={faultOf(save.error, "name")} onChange={(e) => setName(e.target.value)} />
          </div>
        </Section>
      )}
      {lost.length > 0 && (
        <p className="banner" data-tone="warn" role="alert">
          <Icon of={TriangleAlert} />
          <span>{t("admin.role.own_warning", { what: lost.map(rightName).join(", ") })}</span>
        </p>
      )}
      <Section title={t("admin.roles.permissions")} lead={builtIn ? undefined : t("admin.role.permissions_lead")}>
        {builtIn && (
          <p className="banner" data-tone="neutral">
            <Icon of={Lock} />
            <span>{t("admin.role.built_in_text")}</span>
          </p>
        )}
        {all.data ? <RightBoxes all={all.data} chosen={chosen} own={own} disabled={builtIn} onChange={setChosen} /> : all.error ? <Failed error={all.error} retry={() => void all.refetch()} /> : <Skeleton lines={8} />}
      </Section>
      <Section title={t("admin.role.holders")}>
        {held.isPending ? (
          <Skeleton />
        ) : held.error ? (
          <Failed error={held.error} retry={() => void held.refetch()} />
        ) : held.items.length === 0 ? (
          <p className="section-lead">{t("admin.role.nobody")}</p>
        ) : (
          <div>
            {held.items.map((p) => (
              <div key={p.id} className="line-item">
                <Avatar name={p.name} />
                <span className="grow">
                  <PersonLink id={p.id} name={p.name} />
                  <span className="meta clip">{p.address}</span>
                </span>
                {!p.active && <span className="meta">{t("admin.person.off")}</span>}
              </div>
            ))}
            {held.hasNextPage && <Button onClick={() => void held.fetchNextPage()}>{t("app.more")}</Button>}
          </div>
        )}
      </Section>
      <Unsaved
        count={changed}
        busy={save.isPending}
        error={save.error}
        fields={["name"]}
        onSave={() => save.mutate()}
        onDiscard={() => {
          setName(role.name);
          setChosen(before);
          save.reset();
        }}
      />
      {asking === "clone" && <NewRole roles={list} from={role.id} onClose={() => setAsking("")} />}
      <Confirm
        open={asking === "delete"}
        onClose={() => setAsking("")}
        title={t("admin.role.delete", { name: roleName(role) })}
        action={t("app.delete")}
        onConfirm={async () => {
          await call(client.DELETE("/roles/{id}", { params: { path: { id: role.id } } }));
          void go({ to: "/admin/roles" as "/admin" });
          queries.removeQueries({ queryKey: roleQuery(role.id).queryKey });
          await queries.invalidateQueries({ queryKey: roles.queryKey });
          toast(t("admin.deleted", { name: roleName(role) }));
        }}
      >
        <p>{tn("admin.role.delete_text", before.length)}</p>
      </Confirm>
    </Page>
  );
}

/** The way back to a list. */
export function BackLink({ to, label }: { to: string; label: string }) {
  return (
    <Link to={to as "/admin"} className="adm-back">
      <Icon of={ChevronLeft} small />
      {label}
    </Link>
  );
}

/** The name of a person, as a link to their page for those who may open it. */
export function PersonLink({ id, name }: { id: number; name: string }) {
  const may = useMe().permissions.includes("people.manage");
  if (!may) return <span className="strong clip">{name}</span>;
  return (
    <Link to={"/admin/people/$id" as "/admin"} params={{ id: String(id) } as never} className="strong clip">
      {name}
    </Link>
  );
}
