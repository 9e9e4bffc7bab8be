import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Crown, Ellipsis, Trash2, UserMinus } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { SelectField, TextField } from "@/ui/Field";
import { Menu, MenuItem } from "@/ui/Menu";
import { Page, Section } from "@/ui/Page";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { usePages } from "@/ui/Table";
import { faultOf } from "@/ui/FormDialog";
import { LoadMore } from "@/ui/LoadMore";
import { AgentPicker } from "./AgentPicker";
import { type Group as GroupType, group as groupQuery, peoplePage, person, refresh } from "./api";
import { BackLink, PersonLink } from "./Role";
import { Guarded, SearchBox, Unsaved, useTyped } from "./ui";

type Patch = { name?: string; mail?: GroupType["mail"]; mail_address?: string; owner_id?: number | null; add?: number[]; remove?: number[] };

/** One group: its name, owner and members. Its owner may change the members without further rights. */
export function Group() {
  const { id } = useParams({ strict: false }) as { id: string };
  const me = useMe();
  const one = useQuery(groupQuery(Number(id)));
  const title = one.data?.name ?? t("app.admin.groups");
  const owns = one.data?.owner_id === me.person.id;
  const page = one.data ? (
    <GroupPage key={id} group={one.data} manages={me.permissions.includes("groups.manage")} />
  ) : (
    <Page title={title}>{one.error ? <Failed error={one.error} retry={() => void one.refetch()} /> : <Skeleton lines={8} />}</Page>
  );
  if (owns) return page;
  return (
    <Guarded permissions={["groups.manage"]} title={title}>
      {page}
    </Guarded>
  );
}

function GroupPage({ group, manages }: { group: GroupType; manages: boolean }) {
  const queries = useQueryClient();
  const go = useNavigate();
  const [name, setName] = useState(group.name);
  const [mail, setMail] = useState(group.mail);
  const [address, setAddress] = useState(group.mail_address);
  const [deleting, setDeleting] = useState(false);
  const [text, setText] = useState("");
  const typed = useTyped(text).trim();
  const members = group.members ?? [];
  const list = usePages(["admin", "people", { group_id: group.id, q: typed }], ({ cursor = "" }) => peoplePage({ group_id: group.id, ...(typed ? { q: typed } : {}) }, cursor));
  const owner = useQuery({ ...person(group.owner_id ?? 0), enabled: !!group.owner_id });
  const patch = (body: Patch) => call(client.PATCH("/groups/{id}", { params: { path: { id: group.id } }, body: body as never }));
  const save = useMutation({
    mutationFn: () => patch({ ...(name === group.name ? {} : { name }), ...(mail === group.mail ? {} : { mail }), ...(address === group.mail_address ? {} : { mail_address: address }) }),
    onSuccess: async (saved) => {
      setName(saved.name);
      setMail(saved.mail);
      setAddress(saved.mail_address);
      await refresh(queries);
      toast(t("app.saved"));
    },
  });
  /** Changes the members or the owner at once; undo takes it back. */
  const change = async (body: Patch, done: string, back?: Patch) => {
    try {
      await patch(body);
      toast({ text: done, ...(back ? { undo: () => change(back, t("admin.undone")) } : {}) });
    } catch (error) {
      toast({ text: explain(error), error: true });
    }
    await refresh(queries);
  };
  const addMember = (p: { id: number; name: string }) => change({ add: [p.id] }, t("admin.group.added", { name: p.name }), { remove: [p.id] });
  const removeMember = (p: { id: number; name: string }) => change({ remove: [p.id] }, t("admin.group.removed", { name: p.name }), { add: [p.id] });
  const own = (id: number | null, who: string) => change({ owner_id: id }, id ? t("admin.group.owner_set", { name: who }) : t("admin.group.owner_none_set"), { owner_id: group.owner_id });
  return (
    <Page
      title={group.name}
      lead={
        <>
          <BackLink to="/admin/groups" label={t("app.admin.groups")} /> {t("admin.group.lead")}
        </>
      }
      actions={
        manages && (
          <Button kind="danger" icon={Trash2} onClick={() => setDeleting(true)}>
            {t("app.delete")}
          </Button>
        )
      }
    >
      {manages && (
        <Section title={t("admin.name")}>
          <div className="adm-pair">
            <TextField bare label={t("admin.name")} value={name} maxLength={200} error={faultOf(save.error, "name")} onChange={(e) => setName(e.target.value)} />
          </div>
        </Section>
      )}
      {manages && (
        <Section title={t("admin.group.mail")} lead={t("admin.group.mail_lead")} id="mail">
          <div className="adm-pair">
            <SelectField label={t("admin.group.mail_to")} hint={t(`admin.group.mail_hint.${mail}`)} value={mail} onChange={(e) => setMail(e.target.value as GroupType["mail"])}>
              {(["members", "address", "none"] as const).map((m) => (
                <option key={m} value={m}>
                  {t(`admin.group.mail.${m}`)}
                </option>
              ))}
            </SelectField>
            {mail === "address" && (
              <TextField label={t("admin.group.mail_address")} type="email" value={address} maxLength={320} error={faultOf(save.error, "mail_address")} onChange={(e) => setAddress(e.target.value)} />
            )}
          </div>
        </Section>
      )}
      <Section title={t("admin.group.owner")} lead={t("admin.group.owner_lead")}>
        {group.owner_id ? (
          <div className="line-item">
            <Avatar name={owner.data?.name ?? ""} />
            <span className="grow">
              <PersonLink id={group.owner_id} name={owner.data?.name ?? "…"} />
              <span className="meta clip">{owner.data?.address}</span>
            </span>
            {manages && (
              <Button size="sm" onClick={() => void own(null, "")}>
                {t("admin.group.owner_clear")}
              </Button>
            )}
          </div>
        ) : (
          <p className="section-lead">{t("admin.group.owner_none")}</p>
        )}
      </Section>
      <Section title={t("admin.group.members")} lead={tn("admin.groups.members", members.length)}>
        <AgentPicker label={t("admin.group.add")} not={members} onPick={(p) => void addMember(p)} />
        {members.length > 20 && <SearchBox label={t("admin.find_in", { list: t("admin.group.members") })} value={text} onChange={setText} />}
        {list.isPending && <Skeleton />}
        {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
        <div>
          {list.items.map((p) => (
            <div key={p.id} className="line-item">
              <Avatar name={p.name} />
              <span className="grow">
                <PersonLink id={p.id} name={p.name} />
                <span className="meta clip">{p.address}</span>
              </span>
              <span className="cluster">
                {!p.active && <Badge>{t("admin.person.off")}</Badge>}
                {group.owner_id === p.id && (
                  <Badge icon={Crown} tone="accent">
                    {t("admin.group.owner")}
                  </Badge>
                )}
                <Menu label={p.name} trigger={<IconButton icon={Ellipsis} label={t("admin.actions_for", { name: p.name })} />}>
                  {manages && group.owner_id !== p.id && p.active && (
                    <MenuItem icon={Crown} onSelect={() => void own(p.id, p.name)}>
                      {t("admin.group.make_owner")}
                    </MenuItem>
                  )}
                  <MenuItem icon={UserMinus} danger onSelect={() => void removeMember(p)}>
                    {t("admin.group.remove")}
                  </MenuItem>
                </Menu>
              </span>
            </div>
          ))}
        </div>
        {list.data && list.items.length === 0 && <p className="section-lead">{typed ? t("admin.nothing_found") : t("admin.group.nobody")}</p>}
        <LoadMore list={list} />
      </Section>
      <Unsaved
        count={Number(name !== group.name) + Number(mail !== group.mail) + Number(address !== group.mail_address)}
        busy={save.isPending}
        error={save.error}
        fields={["name", ...(mail === "address" ? ["mail_address"] : [])]}
        onSave={() => save.mutate()}
        onDiscard={() => {
          setName(group.name);
          setMail(group.mail);
          setAddress(group.mail_address);
          save.reset();
        }}
      />
      <Confirm
        open={deleting}
        onClose={() => setDeleting(false)}
        title={t("admin.group.delete", { name: group.name })}
        action={t("app.delete")}
        onConfirm={async () => {
          await call(client.DELETE("/groups/{id}", { params: { path: { id: group.id } } }));
          void go({ to: "/admin/groups" as "/admin" });
          queries.removeQueries({ queryKey: groupQuery(group.id).queryKey });
          await queries.invalidateQueries({ queryKey: ["admin", "groups"] });
          toast(t("admin.deleted", { name: group.name }));
        }}
      >
        <p>{tn("admin.group.delete_text", members.length)}</p>
      </Confirm>
    </Page>
  );
}
