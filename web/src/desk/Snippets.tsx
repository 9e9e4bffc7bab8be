import { useQueryClient } from "@tanstack/react-query";
import { Globe, Lock, Pencil, Plus, Search, Trash2, Users } from "lucide-react";
import { useDeferredValue, useRef, useState } from "react";
import { type Schema, call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { useMay } from "@/app/session";
import { Badge, BadgeButton } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { SelectField, TextArea, TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { MenuItem } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty } from "@/ui/states";
import { Table, usePages } from "@/ui/Table";
import { FormDialog } from "@/ui/FormDialog";
import { useGroups } from "./lists";
import { RowMenu, RowName, useDo } from "./parts";
import { htmlOf, plainOf, textOf } from "./snippetText";

type Snippet = Schema<"Snippet">;

const key = ["snippets"];
const placeholders = ["requester.name", "requester.first_name", "ticket.number", "ticket.subject", "agent.name", "account.name"];

/** Pieces of text for answers: one's own, a group's, everybody's. */
export function Snippets() {
  const [q, setQ] = useState("");
  const asked = useDeferredValue(q.trim());
  const list = usePages([...key, "list", asked], (cursor) => call(client.GET("/snippets", { params: { query: { ...cursor, ...(asked ? { q: asked } : {}) } } })));
  const [edit, setEdit] = useState<Snippet | "new">();
  const [gone, setGone] = useState<Snippet>();
  const doIt = useDo(key);
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEdit("new")}>
      {t("desk.snippets.new")}
    </Button>
  );
  return (
    <Page title={t("app.admin.snippets")} lead={t("desk.snippets.lead")} actions={add}>
      <span className="input-icon desk-search" role="search">
        <Icon of={Search} />
        <input className="input" type="search" aria-label={t("desk.snippets.search")} placeholder={t("desk.snippets.search")} value={q} maxLength={200} onChange={(e) => setQ(e.target.value)} />
      </span>
      <Table
        label={t("app.admin.snippets")}
        list={list}
        rows={list.items}
        id={(s) => s.id}
        empty={
          asked ? (
            <Empty title={t("desk.snippets.not_found")} drawing="search" />
          ) : (
            <Empty title={t("desk.snippets.empty")} action={add}>
              {t("desk.snippets.empty_text")}
            </Empty>
          )
        }
        columns={[
          { label: t("desk.name"), cell: (s) => <RowName name={s.name} under={plainOf(s.html).slice(0, 90)} onOpen={s.can_change ? () => setEdit(s) : undefined} /> },
          { label: t("desk.snippets.for"), cell: (s) => <For of={s} /> },
          { label: t("desk.changed"), cell: (s) => <When at={s.updated_at} />, nowrap: true },
        ]}
        end={(s) =>
          s.can_change && (
            <RowMenu name={s.name}>
              <MenuItem icon={Pencil} onSelect={() => setEdit(s)}>
                {t("app.edit")}
              </MenuItem>
              <MenuItem icon={Trash2} danger onSelect={() => setGone(s)}>
                {t("app.delete")}
              </MenuItem>
            </RowMenu>
          )
        }
      />
      {edit && <SnippetForm of={edit === "new" ? undefined : edit} onClose={() => setEdit(undefined)} />}
      <Confirm
        open={!!gone}
        onClose={() => setGone(undefined)}
        title={t("desk.snippets.delete", { name: gone?.name ?? "" })}
        action={t("app.delete")}
        onConfirm={async () => gone && (await call(client.DELETE("/snippets/{id}", { params: { path: { id: gone.id } } })), doIt(async () => undefined))}
      >
        <p>{gone?.scope === "private" ? t("desk.snippets.delete_own") : t("desk.snippets.delete_all")}</p>
      </Confirm>
    </Page>
  );
}

function For({ of: s }: { of: Snippet }) {
  if (s.scope === "everyone") return <Badge icon={Globe}>{t("desk.snippets.everyone")}</Badge>;
  if (s.scope === "group") return <Badge icon={Users}>{s.group_name ?? t("desk.snippets.group")}</Badge>;
  return <Badge icon={Lock}>{t("desk.snippets.private")}</Badge>;
}

function SnippetForm({ of, onClose }: { of: Snippet | undefined; onClose: () => void }) {
  const queries = useQueryClient();
  const groups = useGroups();
  const shares = useMay("snippets.manage");
  const [name, setName] = useState(of?.name ?? "");
  const simple = of ? textOf(of.html) : "";
  const [rich, setRich] = useState(simple === undefined);
  const [text, setText] = useState(simple ?? of?.html ?? "");
  const [scope, setScope] = useState<Snippet["scope"]>(of?.scope ?? "private");
  const [group, setGroup] = useState(of?.group ?? 0);
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (word: string) => {
    const at = area.current?.selectionStart ?? text.length;
    const put = `{{${word}}}`;
    setText(text.slice(0, at) + put + text.slice(area.current?.selectionEnd ?? at));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at + put.length, at + put.length);
    });
  };
  const turn = () => {
    setText(rich ? (textOf(text) ?? plainOf(text)) : htmlOf(text));
    setRich(!rich);
  };
  const save = async () => {
    const body = { name, html: rich ? text : htmlOf(text), scope, group: scope === "group" ? group || (groups[0]?.id ?? null) : null };
    await (of ? call(client.PATCH("/snippets/{id}", { params: { path: { id: of.id } }, body })) : call(client.POST("/snippets", { body })));
    void queries.invalidateQueries({ queryKey: key });
  };
  return (
    <FormDialog title={of ? t("desk.snippets.edit") : t("desk.snippets.new")} onClose={onClose} onSave={save} fields={["name", "html", "scope", "group"]} width={640}>
      {(about) => (
        <>
          <TextField label={t("desk.name")} hint={t("desk.snippets.name_hint")} value={name} required maxLength={100} error={about("name")} onChange={(e) => setName(e.target.value)} />
          <TextArea ref={area} label={rich ? t("desk.snippets.html") : t("desk.snippets.text")} rows={8} className={rich ? "mono" : ""} value={text} required maxLength={50_000} error={about("html")} onChange={(e) => setText(e.target.value)} />
          <div className="desk-bar" role="group" aria-label={t("desk.snippets.insert")}>
            <span className="meta">{t("desk.snippets.insert")}</span>
            {placeholders.map((p) => (
              <BadgeButton key={p} onClick={() => insert(p)}>
                {p}
              </BadgeButton>
            ))}
            <Button size="sm" kind="quiet" className="push" reason={rich && textOf(text) === undefined ? t("desk.snippets.formatted") : undefined} onClick={turn}>
              {rich ? t("desk.snippets.as_text") : t("desk.snippets.as_html")}
            </Button>
          </div>
          {shares && (
            <div className="desk-pair">
              <SelectField label={t("desk.snippets.for")} value={scope} error={about("scope")} onChange={(e) => setScope(e.target.value as Snippet["scope"])}>
                <option value="private">{t("desk.snippets.private")}</option>
                <option value="group">{t("desk.snippets.group")}</option>
                <option value="everyone">{t("desk.snippets.everyone")}</option>
              </SelectField>
              {scope === "group" && (
                <SelectField label={t("desk.snippets.which")} value={group || groups[0]?.id} error={about("group")} onChange={(e) => setGroup(Number(e.target.value))}>
                  {groups.map((g) => (
                    <option key={g.id} value={g.id}>
                      {g.name}
                    </option>
                  ))}
                </SelectField>
              )}
            </div>
          )}
        </>
      )}
    </FormDialog>
  );
}
