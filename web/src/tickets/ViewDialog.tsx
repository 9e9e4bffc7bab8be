import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { ApiError, call, client, once } from "@/api/client";
import { type View, queries } from "@/api/queries";
import { known, t } from "@/app/i18n";
import { useMay } from "@/app/session";
import { Button } from "@/ui/Button";
import { Confirm, Dialog } from "@/ui/Dialog";
import { Check, SelectField, TextField } from "@/ui/Field";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { fieldName } from "./filterWords";
import { filters, stateOf } from "./api";
import type { ListSearch } from "./search";
import { sortName } from "./sorts";

const columns = ["number", "subject", "status", "priority", "type", "private", "inbox", "brand", "group", "assignee", "requester", "requester_address", "department", "tags", "shares", "created_at", "updated_at", "solved_at", "sla"];
const sorts = ["-updated", "updated", "-created", "created", "-number", "number", "subject", "-priority", "status", "requester", "assignee", "group", "inbox", "-solved", "sla_due"];

type Mode = "save" | "edit" | "copy";

/** both puts the conditions of a view and those added to it into one filter. */
function both(view: View | undefined, search: ListSearch): Record<string, unknown> | null {
  const own = view && !view.system ? view.filter : null;
  const added = search.filter ? (JSON.parse(search.filter) as Record<string, unknown>) : null;
  if (own && added && Object.keys(own).length > 0) return { all: [own, added] };
  return (added ?? own ?? null) as Record<string, unknown> | null;
}

/** Saves what is shown as a view, or changes an own one. */
export function ViewDialog({ mode, view, search, onClose }: { mode: Mode; view: View | undefined; search: ListSearch; onClose: () => void }) {
  const go = useNavigate();
  const manage = useMay("views.manage");
  const first = useRef<HTMLInputElement>(null);
  const own = view && !view.system ? view : undefined;
  const groups = useQuery({ queryKey: ["groups", "mine"], queryFn: async () => (await call(client.GET("/groups", { params: { query: { limit: 200 } } }))).items }).data ?? [];
  const fields = useQuery(filters).data ?? [];
  const [name, setName] = useState(mode === "edit" && own ? own.name : mode === "copy" && own ? t("tickets.view.copy_of", { name: own.name }) : "");
  const [audience, setAudience] = useState<string>(mode !== "save" && own ? (own.for.kind === "group" ? `group:${own.for.group?.id}` : own.for.kind) : "owner");
  const [state, setState] = useState<string>(mode !== "save" && own ? (own.state ?? "") : stateOf(search) === "any" ? "" : stateOf(search));
  const [sort, setSort] = useState(search.sort ?? view?.sort ?? "-updated");
  const [shown, setShown] = useState<string[]>(view?.columns ?? ["number", "subject", "status", "requester", "updated_at"]);
  const [fault, setFault] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const key = useRef(crypto.randomUUID());
  const about = (field: string) => (fault instanceof ApiError ? fault.about(field) : "");

  const save = async () => {
    if (!name.trim()) {
      setFault(new ApiError(422, "", "", [{ location: "body.name", message: t("tickets.view.name_missing") }], "", 0));
      first.current?.focus();
      return;
    }
    setBusy(true);
    setFault(undefined);
    const body = {
      name: name.trim(),
      base: own ? own.base : (view?.key ?? "all"),
      state: state || null,
      sort,
      columns: shown,
      filter: both(view, search),
      for: audience.startsWith("group:") ? ({ kind: "group", group_id: Number(audience.slice(6)) } as const) : { kind: audience as "owner" | "everyone" },
    };
    try {
      const saved =
        mode === "edit" && own
          ? await call(client.PATCH("/views/{id}", { params: { path: { id: own.key } }, body }))
          : await call(client.POST("/views", { params: { header: once(key.current) }, body }));
      await Promise.all([queries.invalidateQueries({ queryKey: ["views"] }), queries.invalidateQueries({ queryKey: ["list"] })]);
      toast(t("app.saved"));
      onClose();
      void go({ to: "/tickets", search: { view: saved?.key ?? "all" } });
    } catch (error) {
      setFault(error);
      key.current = crypto.randomUUID();
    } finally {
      setBusy(false);
    }
  };

  const own_columns = fields.filter((f) => f.key.startsWith("field:")).map((f) => f.key);
  const columnName = (c: string) => {
    const field = fields.find((f) => f.key === c);
    const text = `tickets.column.${c}`;
    return known(text) ? t(text) : field ? fieldName(field) : c;
  };
  const placed = ["name", "for", "for.group_id", "sort", "columns", "state"].some((f) => about(f));
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(mode === "edit" ? "tickets.view.edit" : mode === "copy" ? "tickets.view.copy" : "tickets.view.save_as")}
      initialFocus={first}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="primary" busy={busy} onClick={() => void save()}>
            {t("app.save")}
          </Button>
        </>
      }
    >
      {fault !== undefined && !placed && (
        <p className="banner" data-tone="danger" role="alert">
          {explain(fault)}
        </p>
      )}
      <TextField ref={first} label={t("tickets.view.name")} value={name} maxLength={100} required error={about("name")} onChange={(e) => setName(e.target.value)} />
      <SelectField label={t("tickets.view.for")} value={audience} error={about("for") || about("for.group_id")} onChange={(e) => setAudience(e.target.value)}>
        <option value="owner">{t("tickets.view.for.owner")}</option>
        {groups.map((g) => (
          <option key={g.id} value={`group:${g.id}`}>
            {t("tickets.view.for.group", { name: g.name })}
          </option>
        ))}
        {manage && <option value="everyone">{t("tickets.view.for.everyone")}</option>}
      </SelectField>
      <div className="halves view-halves">
        <SelectField label={t("tickets.state")} value={state} error={about("state")} onChange={(e) => setState(e.target.value)}>
          <option value="">{t("tickets.state.any")}</option>
          <option value="open">{t("tickets.state.open")}</option>
          <option value="done">{t("tickets.state.done")}</option>
        </SelectField>
        <SelectField label={t("tickets.sort")} value={sort} error={about("sort")} onChange={(e) => setSort(e.target.value)}>
          {[...new Set([sort, ...sorts])].map((s) => (
            <option key={s} value={s}>
              {sortName(s)}
            </option>
          ))}
        </SelectField>
      </div>
      <fieldset className="view-columns">
        <legend>{t("tickets.view.columns")}</legend>
        {[...columns, ...own_columns].map((c) => (
          <Check key={c} checked={shown.includes(c)} onChange={(e) => setShown((old) => (e.target.checked ? [...old, c] : old.filter((x) => x !== c)))}>
            {columnName(c)}
          </Check>
        ))}
        {about("columns") && <p className="error">{about("columns")}</p>}
      </fieldset>
    </Dialog>
  );
}

/** Asks before an own view goes. */
export function DeleteView({ view, onClose }: { view: View; onClose: () => void }) {
  const go = useNavigate();
  return (
    <Confirm
      open
      onClose={onClose}
      title={t("tickets.view.delete_ask", { name: view.name })}
      action={t("tickets.view.delete")}
      onConfirm={async () => {
        await call(client.DELETE("/views/{id}", { params: { path: { id: view.key } } }));
        await queries.invalidateQueries({ queryKey: ["views"] });
        void go({ to: "/tickets", search: { view: "all" } });
      }}
    >
      <p>{t("tickets.view.delete_text")}</p>
    </Confirm>
  );
}
