import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, Pencil, Plus, Search, Tickets, Trash2, Users } from "lucide-react";
import { type ComponentType, type ReactNode, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { t } from "@/app/i18n";
import { Button, IconButton } from "@/ui/Button";
import { Confirm, Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { Menu, MenuItem } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { Empty, Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { LoadMore } from "@/ui/LoadMore";
import { NamePeople } from "./NamePeople";
import "./Companies.css";

// What companies and departments have in common: named things that requesters belong to.

export type Area = "companies" | "departments";
type Named = { id: number; name: string };
type Names<T> = { items: T[]; next: string | null };

type Props<T extends Named> = {
  area: Area;
  fetch: (query: { q?: string; cursor?: string; limit: number }) => Promise<Names<T>>;
  remove: (id: number) => Promise<unknown>;
  mark: ComponentType<{ item: T }>;
  /** The second line of an item. */
  under?: ComponentType<{ item: T }>;
  form: ComponentType<{ item: T | undefined; onClose: () => void }>;
};

/** A page of named things: search, add, change, delete, and the way to their tickets. */
export function NameList<T extends Named>({ area, fetch, remove, mark: Mark, under: Under, form: Form }: Props<T>) {
  const queries = useQueryClient();
  const go = useNavigate();
  const [text, setText] = useState("");
  const [q, setQ] = useState("");
  const [edited, setEdited] = useState<T | "new">();
  const [leaving, setLeaving] = useState<T>();
  const [shown, setShown] = useState<T>();
  useEffect(() => {
    const timer = setTimeout(() => setQ(text.trim()), 150);
    return () => clearTimeout(timer);
  }, [text]);
  const list = useInfiniteQuery({
    queryKey: [area, "list", q],
    queryFn: ({ pageParam }) => fetch({ limit: 50, ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const field = area === "companies" ? "company" : "department";
  const add = (kind: "primary" | "plain") => (
    <Button kind={kind} icon={Plus} onClick={() => setEdited("new")}>
      {t(`admin.${area}.add`)}
    </Button>
  );
  const nothing = list.data && items.length === 0;
  return (
    <Page title={t(`admin.${area}.title`)} lead={t(`admin.${area}.lead`)} actions={nothing && !q ? undefined : add("primary")}>
      {!(nothing && !q) && (
        <div className="names-bar">
          <span className="input-icon">
            <Icon of={Search} />
            <input type="search" className="input" aria-label={t(`admin.${area}.search`)} placeholder={t(`admin.${area}.search`)} value={text} onChange={(e) => setText(e.target.value)} />
          </span>
        </div>
      )}
      {list.isPending && <Skeleton lines={5} height={20} />}
      {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
      {nothing &&
        (q ? (
          <Empty title={t(`admin.${area}.no_match`)} drawing="search" action={<Button onClick={() => setText("")}>{t("admin.names.all")}</Button>}>
            {t("admin.names.no_match")}
          </Empty>
        ) : (
          <Empty title={t(`admin.${area}.none`)} action={add("primary")}>
            {t(`admin.${area}.none_hint`)}
          </Empty>
        ))}
      {items.length > 0 && (
        <ul aria-label={t(`admin.${area}.title`)} aria-busy={list.isPlaceholderData}>
          {items.map((item) => (
            <li key={item.id} className="line-item name-item">
              <Mark item={item} />
              <span className="grow">
                <button type="button" onClick={() => setEdited(item)}>
                  {item.name}
                </button>
                {Under && (
                  <span className="meta">
                    <Under item={item} />
                  </span>
                )}
              </span>
              <span className="name-end">
                <Button kind="quiet" size="sm" icon={Users} className="not-phone" aria-label={t("admin.names.people_of", { name: item.name })} onClick={() => setShown(item)}>
                  {t("admin.names.people")}
                </Button>
                <Link className="btn not-phone" data-kind="quiet" data-size="sm" to="/tickets" search={ticketsOf(field, item.id)} aria-label={t("admin.names.tickets_of", { name: item.name })}>
                  <Icon of={Tickets} />
                  {t("admin.names.tickets")}
                </Link>
                <Menu label={item.name} trigger={<IconButton icon={Ellipsis} label={t("admin.names.more_of", { name: item.name })} />}>
                  <MenuItem icon={Pencil} onSelect={() => setEdited(item)}>
                    {t("app.edit")}
                  </MenuItem>
                  <MenuItem icon={Users} onSelect={() => setShown(item)}>
                    {t("admin.names.people")}
                  </MenuItem>
                  <MenuItem icon={Tickets} onSelect={() => void go({ to: "/tickets", search: ticketsOf(field, item.id) })}>
                    {t("admin.names.tickets")}
                  </MenuItem>
                  <MenuItem icon={Trash2} danger onSelect={() => setLeaving(item)}>
                    {t("app.delete")}
                  </MenuItem>
                </Menu>
              </span>
            </li>
          ))}
        </ul>
      )}
      <LoadMore list={list} />
      {shown && <NamePeople area={area} item={shown} onClose={() => setShown(undefined)} />}
      {edited && <Form item={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />}
      <Confirm
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={async () => {
          if (!leaving) return;
          await remove(leaving.id);
          toast(t("admin.names.deleted", { name: leaving.name }));
          await queries.invalidateQueries({ queryKey: [area] });
        }}
        title={t("admin.names.delete_title", { name: leaving?.name ?? "" })}
        action={t("app.delete")}
      >
        <p>{t(`admin.${area}.delete_text`)}</p>
      </Confirm>
    </Page>
  );
}

/** The address of the tickets of a company or a department, whatever their state. */
const ticketsOf = (field: "company" | "department", id: number) => ({ view: "all", state: "any" as const, filter: JSON.stringify({ all: [{ field, op: "is", value: id }] }) });

type FormProps = {
  area: Area;
  item: Named | undefined;
  onClose: () => void;
  /** Sends it; key makes a repetition of the same safe. */
  onSave: (name: string, key: string) => Promise<{ name: string }>;
  /** Whether more than the name was changed. */
  changed?: boolean;
  children?: (about: (field: string) => string) => ReactNode;
};

/** A dialog with the name of something, and what else it has. */
export function NameForm({ area, item, onClose, onSave, changed = false, children }: FormProps) {
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const first = useRef<HTMLInputElement>(null);
  const keys = useRef(new Map<string, string>());
  const [name, setName] = useState(item?.name ?? "");
  const [leaving, setLeaving] = useState(false);
  const save = useMutation({
    mutationFn: () => {
      const key = keys.current.get(name) ?? crypto.randomUUID();
      keys.current.set(name, key);
      return onSave(name, key);
    },
    onSuccess: async (made) => {
      toast(item ? t("app.saved") : t("admin.names.made", { name: made.name }));
      await queries.invalidateQueries({ queryKey: [area] });
      onClose();
    },
    onError: () => {
      keys.current.clear(); // what was refused is tried anew
      first.current?.focus();
    },
  });
  const about = (field: string) => (save.error instanceof ApiError ? save.error.about(field) : "");
  const told = about("name") || about("manager_id");
  const close = () => {
    if (save.isPending) return;
    if (leaving || (!changed && name === (item?.name ?? ""))) onClose();
    else setLeaving(true);
  };
  return (
    <Dialog
      open
      onClose={close}
      width={440}
      title={item ? t("admin.names.edit_title", { name: item.name }) : t(`admin.${area}.add`)}
      initialFocus={first}
      foot={
        leaving ? (
          <>
            <span role="alert">{t("admin.names.discard")}</span>
            <span className="push" />
            <Button onClick={() => setLeaving(false)}>{t("admin.names.keep")}</Button>
            <Button kind="danger" onClick={onClose}>
              {t("admin.names.discard_do")}
            </Button>
          </>
        ) : (
          <>
            <span className="push" />
            <Button onClick={close}>{t("app.cancel")}</Button>
            <Button kind="primary" busy={save.isPending} onClick={() => form.current?.requestSubmit()}>
              {item ? t("app.save") : t("app.add")}
            </Button>
          </>
        )
      }
    >
      <form
        ref={form}
        className="section"
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          if (!save.isPending) save.mutate();
        }}
      >
        <TextField
          ref={first}
          label={t("admin.names.name")}
          error={about("name")}
          maxLength={200}
          value={name}
          onChange={(e) => {
            setName(e.target.value);
            setLeaving(false);
          }}
        />
        {children?.(about)}
        {save.error && !told && (
          <p className="banner" data-tone="danger" role="alert">
            {explain(save.error)}
          </p>
        )}
        <button type="submit" hidden tabIndex={-1} aria-hidden="true" />
      </form>
    </Dialog>
  );
}
