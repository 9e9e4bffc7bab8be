import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Schema, call, client } from "@/api/client";
import { type Key, known, t } from "@/app/i18n";
import { Select } from "@/ui/Field";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";

type Matrix = Schema<"NoticeMatrix">;
type Cell = Schema<"NoticeCell">;

const key = ["desk", "notice-matrix"];
const modes: Record<string, Cell> = { on: { on: true, locked: false }, off: { on: false, locked: false }, always: { on: true, locked: true }, never: { on: false, locked: true } };
const modeOf = (c: Cell) => (c.locked ? (c.on ? "always" : "never") : c.on ? "on" : "off");

/** What the whole desk tells by which channel, and what people may choose for themselves. */
export function NoticeMatrix() {
  const queries = useQueryClient();
  const list = useQuery({ queryKey: key, queryFn: () => call(client.GET("/settings/notice-matrix")) });
  const put = useMutation({
    mutationKey: key,
    mutationFn: ({ kind, by, cell }: { kind: string; by: "mail" | "in_app"; cell: Cell }) => call(client.PATCH("/settings/notice-matrix", { body: { rows: [{ kind, [by]: cell }] } })),
    onMutate: ({ kind, by, cell }) => {
      void queries.cancelQueries({ queryKey: key }, { revert: false });
      const before = queries.getQueryData<Matrix>(key);
      queries.setQueryData<Matrix>(key, (m) => m && { ...m, rows: (m.rows ?? []).map((r) => (r.kind === kind ? { ...r, [by]: cell } : r)) });
      return { before };
    },
    // An answer to an earlier change knows nothing of one that is on its way.
    onSuccess: (now) => queries.isMutating({ mutationKey: key }) === 1 && queries.setQueryData(key, now),
    onError: (error, _, kept) => {
      queries.setQueryData(key, kept?.before);
      void queries.invalidateQueries({ queryKey: key });
      toast({ text: explain(error), error: true });
    },
  });
  if (list.error) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton lines={8} height={20} />;
  return (
    <table className="desk-matrix">
      <thead>
        <tr>
          <th scope="col">{t("app.notices.what")}</th>
          <th scope="col">{t("app.notices.mail")}</th>
          <th scope="col">{t("app.notices.list")}</th>
        </tr>
      </thead>
      <tbody>
        {(list.data.rows ?? [])
          .filter(({ kind }) => known(`desk.notices.${kind}`))
          .map(({ kind, ...by }) => {
            const what = t(`desk.notices.${kind}` as Key);
            return (
              <tr key={kind}>
                <th scope="row">{what}</th>
                {(["mail", "in_app"] as const).map((channel) => (
                  <td key={channel}>
                    <span className="desk-matrix-by" aria-hidden="true">
                      {t(channel === "mail" ? "app.notices.mail" : "app.notices.list")}
                    </span>
                    <Select aria-label={t(channel === "mail" ? "app.notices.by_mail" : "app.notices.in_list", { what })} value={modeOf(by[channel])} onChange={(e) => put.mutate({ kind, by: channel, cell: modes[e.target.value]! })}>
                      {Object.keys(modes).map((m) => (
                        <option key={m} value={m}>
                          {t(`desk.notices.mode.${m}` as Key)}
                        </option>
                      ))}
                    </Select>
                  </td>
                ))}
              </tr>
            );
          })}
      </tbody>
    </table>
  );
}
