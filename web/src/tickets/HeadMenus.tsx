import { ArrowDownUp, Copy, Download, Ellipsis, Pencil, Save, Settings2, Trash2 } from "lucide-react";
import { t } from "@/app/i18n";
import { useMay } from "@/app/session";
import { IconButton } from "@/ui/Button";
import { Menu, MenuGroup, MenuItem, MenuLine } from "@/ui/Menu";
import type { MenuProps } from "./Head";
import { exportList } from "./export";
import { sortName } from "./sorts";

const sorts = ["-updated", "updated", "-created", "created", "-number", "number"] as const;
const fewSorts = ["subject", "-priority", "status", "requester", "assignee", "group", "inbox", "-solved", "sla_due"] as const;

/** The orders of a list; some only where it is short enough to be put into them. */
export function SortMenu({ search, view, count, set }: MenuProps) {
  const sort = search.sort ?? view?.sort ?? "-updated";
  return (
    <Menu trigger={<IconButton icon={ArrowDownUp} label={t("tickets.sort.now", { sort: sortName(sort) })} />} label={t("tickets.sort")}>
      <MenuGroup label={t("tickets.sort")}>
        {sorts.map((s) => (
          <MenuItem key={s} current={sort === s} onSelect={() => set({ sort: s })}>
            {sortName(s)}
          </MenuItem>
        ))}
      </MenuGroup>
      {count && !count.more && count.count <= 2000 && (
        <MenuGroup label={t("tickets.sort.few")}>
          {fewSorts.map((s) => (
            <MenuItem key={s} current={sort === s} onSelect={() => set({ sort: s })}>
              {sortName(s)}
            </MenuItem>
          ))}
        </MenuGroup>
      )}
      {view?.base.startsWith("shared-") && (
        <MenuItem current={sort === "-shared"} onSelect={() => set({ sort: "-shared" })}>
          {sortName("-shared")}
        </MenuItem>
      )}
    </Menu>
  );
}

/** What can be done with the list as a whole. */
export function MoreMenu({ list, view, open }: MenuProps) {
  const mayExport = useMay("tickets.export");
  return (
    <Menu trigger={<IconButton icon={Ellipsis} label={t("tickets.list.more")} />} label={t("tickets.list.more")}>
      <MenuItem icon={Save} onSelect={() => open("save")}>
        {t("tickets.view.save_as")}
      </MenuItem>
      {view?.can_change && !view.system && (
        <MenuItem icon={Pencil} onSelect={() => open("edit")}>
          {t("tickets.view.edit")}
        </MenuItem>
      )}
      {view && !view.system && (
        <MenuItem icon={Copy} onSelect={() => open("copy")}>
          {t("tickets.view.copy")}
        </MenuItem>
      )}
      {view?.can_change && !view.system && (
        <MenuItem icon={Trash2} danger onSelect={() => open("delete")}>
          {t("tickets.view.delete")}
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem icon={Settings2} onSelect={() => open("views")}>
        {t("tickets.views.title")}
      </MenuItem>
      {mayExport && (
        <MenuItem icon={Download} onSelect={() => void exportList(list)}>
          {t("tickets.export")}
        </MenuItem>
      )}
    </Menu>
  );
}
