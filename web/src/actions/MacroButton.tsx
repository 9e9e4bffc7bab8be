import { useQuery } from "@tanstack/react-query";
import { Zap } from "lucide-react";
import { Suspense, useState } from "react";
import { t } from "@/app/i18n";
import { late } from "@/app/late";
import { useActions } from "@/app/shortcuts";
import { IconButton } from "@/ui/Button";
import { usable } from "./macros";

const RunMacro = late(() => import("./RunMacro"), "RunMacro", "actions", "desk");

/** The button over a ticket that runs a macro on it. Each macro is in the palette as well. */
export function MacroButton({ number }: { number: number }) {
  const list = useQuery(usable).data ?? [];
  const [open, setOpen] = useState<{ first?: number }>();
  useActions([
    { id: "macro", label: "ticket.action.macro", keys: "shift+m", group: "ticket", run: () => setOpen({}) },
    ...list.map((m) => ({ id: `macro-${m.id}`, label: "ticket.action.macro" as const, text: t("ticket.action.macro_named", { name: m.name }), group: "ticket" as const, run: () => setOpen({ first: m.id }) })),
  ]);
  return (
    <>
      <IconButton icon={Zap} label={t("ticket.action.macro")} keys="shift+m" className="macro-button" onClick={() => setOpen({})} />
      <Suspense>{open && <RunMacro number={number} first={open.first} onClose={() => setOpen(undefined)} />}</Suspense>
    </>
  );
}
