import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { type Key, known, t } from "@/app/i18n";
import { Select, Switch } from "@/ui/Field";
import { Page, Section } from "@/ui/Page";
import { Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { useFilters } from "./filters";
import { useBrands } from "./lists";
import { NoticeMatrix } from "./NoticeMatrix";
import "./desk.css";

type Switches = Record<string, boolean>;

/** What the desk tells people at all: for everybody, or for the mail of one brand. */
export function Notices() {
  const [filters, setFilters] = useFilters("/admin/notices", ["brand"]);
  const brand = Number(filters.brand) || 0;
  const brands = useBrands();
  const queries = useQueryClient();
  const key = ["desk", "notices", brand];
  const query = { brand };
  const list = useQuery({ queryKey: key, queryFn: () => call(client.GET("/settings/notices", { params: { query } })), enabled: brand > 0 });
  const put = useMutation({
    mutationFn: (wish: Switches) => call(client.PUT("/settings/notices", { params: { query }, body: wish })),
    onMutate: (wish) => {
      const before = queries.getQueryData<Switches>(key);
      queries.setQueryData(key, { ...before, ...wish });
      return { before };
    },
    onSuccess: (now) => queries.setQueryData(key, now),
    onError: (error, _, kept) => {
      queries.setQueryData(key, kept?.before);
      toast({ text: explain(error), error: true });
    },
  });
  return (
    <Page title={t("app.admin.notices")} lead={t("desk.notices.lead")} width={720}>
      <Section
        title={brand ? t("desk.notices.of_brand") : t("desk.notices.of_all")}
        lead={brand ? t("desk.notices.brand_lead") : t("desk.notices.all_lead")}
        actions={
          brands.length > 0 && (
            <Select aria-label={t("desk.notices.whose")} value={brand} onChange={(e) => setFilters({ brand: e.target.value === "0" ? "" : e.target.value })}>
              <option value={0}>{t("desk.notices.whole")}</option>
              {brands.map((b) => (
                <option key={b.id} value={b.id}>
                  {b.name}
                </option>
              ))}
            </Select>
          )
        }
      >
        {brand === 0 && <NoticeMatrix />}
        {brand > 0 && list.isPending && <Skeleton lines={5} height={20} />}
        {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
        <div className="desk-switches">
          {Object.entries((brand && list.data) || {})
            .filter(([kind]) => known(`desk.notices.${kind}`))
            .map(([kind, on]) => {
              const label = t(`desk.notices.${kind}` as Key);
              return (
                <div key={kind} className="desk-switch">
                  <span>{label}</span>
                  <Switch label={label} checked={on} onChange={(e) => put.mutate({ [kind]: e.target.checked })} />
                </div>
              );
            })}
        </div>
      </Section>
    </Page>
  );
}
