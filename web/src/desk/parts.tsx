import { useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import { t } from "@/app/i18n";
import { IconButton } from "@/ui/Button";
import { Menu } from "@/ui/Menu";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import "./desk.css";

/** The name of a row, with a line under it; a press opens it where onOpen is given. */
export function RowName({ name, under, onOpen }: { name: ReactNode; under?: ReactNode; onOpen?: (() => void) | undefined }) {
  return (
    <span className="desk-name">
      {onOpen ? (
        <button type="button" onClick={onOpen}>
          {name}
        </button>
      ) : (
        <span className="strong">{name}</span>
      )}
      {under && <span className="meta">{under}</span>}
    </span>
  );
}

/** The menu at the end of a row. */
export function RowMenu({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Menu label={name} trigger={<IconButton icon={Ellipsis} label={t("desk.actions_on", { name })} />}>
      {children}
    </Menu>
  );
}

/** useDo carries something out at once, fetches the lists anew and tells of a failure. */
export function useDo(key: readonly unknown[]) {
  const queries = useQueryClient();
  return async (work: () => Promise<unknown>, done?: string) => {
    try {
      await work();
      if (done) toast(done);
    } catch (error) {
      toast({ text: explain(error), error: true });
    }
    await queries.invalidateQueries({ queryKey: key });
  };
}
