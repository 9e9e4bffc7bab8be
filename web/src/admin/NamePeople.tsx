import { useQueryClient } from "@tanstack/react-query";
import { UserMinus } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { IconButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { LoadMore } from "@/ui/LoadMore";
import { Failed, Skeleton, explain } from "@/ui/states";
import { usePages } from "@/ui/Table";
import { toast } from "@/ui/toast";
import { AgentPicker } from "./AgentPicker";
import { type Person, peoplePage } from "./api";
import { SearchBox, useTyped } from "./ui";

type Props = { area: "companies" | "departments"; item: { id: number; name: string }; onClose: () => void };

/** The requesters of a company or a department: searched and fetched page by page, added and removed at once. */
export function NamePeople({ area, item, onClose }: Props) {
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const typed = useTyped(text).trim();
  const field = area === "companies" ? "company_id" : "department_id";
  const list = usePages(["admin", "people", { [field]: item.id, q: typed }], ({ cursor = "" }) => peoplePage({ kind: "requester", [field]: item.id, ...(typed ? { q: typed } : {}) }, cursor));
  /** Puts somebody into a place, or into none; undo takes it back. */
  const place = async (p: Person, to: number | null, done: string, before?: number | null) => {
    try {
      await call(client.PATCH("/people/{id}", { params: { path: { id: p.id } }, body: { [field]: to } as never }));
      toast({ text: done, ...(before === undefined ? {} : { undo: () => place(p, before, t("admin.undone")) }) });
    } catch (error) {
      toast({ text: explain(error), error: true });
    }
    await queries.invalidateQueries({ queryKey: ["admin"] });
  };
  const names = (p: Person) => ({ name: p.name || p.address, place: item.name });
  return (
    <Dialog open onClose={onClose} width={560} title={t("admin.names.people_of", { name: item.name })} subtitle={t("admin.names.people_lead")}>
      <div className="section">
        <AgentPicker label={t("admin.names.people_add")} kind="requester" not={(p) => p[field] === item.id} onPick={(p) => void place(p, item.id, t("admin.names.people_in", names(p)), p[field])} />
        {(list.items.length > 10 || text) && <SearchBox label={t("admin.names.people_search")} value={text} onChange={setText} />}
        {list.isPending && <Skeleton lines={4} height={32} />}
        {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
        <ul aria-label={t("admin.names.people_of", { name: item.name })} aria-busy={list.isPlaceholderData}>
          {list.items.map((p) => (
            <li key={p.id} className="line-item">
              <Avatar name={p.name || p.address} />
              <span className="grow">
                <span className="strong clip">{p.name || p.address}</span>
                <span className="meta clip">{p.address}</span>
              </span>
              <span className="cluster">
                {!p.active && <Badge>{t("admin.person.off")}</Badge>}
                <IconButton icon={UserMinus} label={t("admin.names.people_remove", { name: p.name || p.address })} onClick={() => void place(p, null, t("admin.names.people_out", names(p)), item.id)} />
              </span>
            </li>
          ))}
        </ul>
        {list.data && list.items.length === 0 && <p className="section-lead">{typed ? t("admin.nothing_found") : t("admin.names.people_none")}</p>}
        <LoadMore list={list} />
      </div>
    </Dialog>
  );
}
