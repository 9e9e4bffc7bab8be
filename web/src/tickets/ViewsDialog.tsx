import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp } from "lucide-react";
import { call, client } from "@/api/client";
import { type View, queries, views } from "@/api/queries";
import { t } from "@/app/i18n";
import { useMay } from "@/app/session";
import { viewName } from "@/app/Side";
import { IconButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Switch } from "@/ui/Field";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";

type Views = { items: View[] };

/** The order of one's sidebar; who manages views also takes views of the desk out of use here. */
export function ViewsDialog({ onClose }: { onClose: () => void }) {
  const manage = useMay("views.manage");
  const found = useQuery(views);
  const key = views.queryKey;
  const undo = (error: unknown, before: unknown) => {
    queries.setQueryData(key, before as never);
    toast({ text: explain(error), error: true });
  };
  const order = useMutation({
    mutationFn: (items: View[]) => call(client.PUT("/views/order", { body: { views: items.map((v) => v.key) } })),
    onMutate: (items) => {
      const before = queries.getQueryData(key);
      queries.setQueryData(key, (old) => old && { ...(old as Views), items } as never);
      return before;
    },
    onError: (error, _items, before) => undo(error, before),
  });
  const use = useMutation({
    mutationFn: (view: View) => call(client.PATCH("/views/{id}", { params: { path: { id: view.key } }, body: { active: !view.active } })),
    onMutate: (view) => {
      const before = queries.getQueryData(key);
      queries.setQueryData(key, (old) => old && { ...(old as Views), items: (old as Views).items.map((v) => (v.key === view.key ? { ...v, active: !v.active } : v)) } as never);
      return before;
    },
    onError: (error, _view, before) => undo(error, before),
    onSettled: () => queries.invalidateQueries({ queryKey: ["views"] }),
  });
  const items = found.data?.items ?? [];
  const move = (from: number, by: number) => {
    const next = [...items];
    const [view] = next.splice(from, 1);
    if (!view) return;
    next.splice(from + by, 0, view);
    order.mutate(next);
  };
  return (
    <Dialog open onClose={onClose} title={t("tickets.views.title")} subtitle={t("tickets.views.lead")}>
      {found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : found.data ? (
        <ol className="views-order">
          {items.map((view, i) => (
            <li key={view.key} className="views-line" data-off={!view.active || undefined}>
              <span className="clip">{viewName(view)}</span>
              {!view.system && <span className="meta">{t(`tickets.views.${view.for.kind}`)}</span>}
              <span className="push" />
              {view.system && manage && <Switch label={t("tickets.views.active", { name: viewName(view) })} checked={view.active} onChange={() => use.mutate(view)} />}
              <IconButton icon={ArrowUp} label={t("tickets.views.up", { name: viewName(view) })} disabled={i === 0} onClick={() => move(i, -1)} />
              <IconButton icon={ArrowDown} label={t("tickets.views.down", { name: viewName(view) })} disabled={i === items.length - 1} onClick={() => move(i, 1)} />
            </li>
          ))}
        </ol>
      ) : (
        <Skeleton lines={6} />
      )}
    </Dialog>
  );
}
