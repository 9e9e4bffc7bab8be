import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, Download, LoaderCircle } from "lucide-react";
import { call, client } from "@/api/client";
import { number, t, tn } from "@/app/i18n";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Section } from "@/ui/Page";
import { When } from "@/ui/When";
import { Failed, Skeleton } from "@/ui/states";
import { LoadMore } from "@/ui/LoadMore";
import { type Import, Problems } from "./PeopleImportPreview";
import "./PeopleImport.css";

const going = (i: Import | undefined) => i?.state === "waiting" || i?.state === "running";

export const importOf = (id: number) =>
  queryOptions({
    queryKey: ["imports", "one", id],
    queryFn: () => call(client.GET("/people/imports/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (going(query.state.data) ? 800 : false),
  });

/** One import: how far it is, and then what became of it. onAgain leads to a new one. */
export function Run({ id, onAgain }: { id: number; onAgain: () => void }) {
  const one = useQuery(importOf(id));
  if (one.isPending) return <Skeleton lines={4} />;
  if (!one.data) {
    return (
      <div className="import-run">
        <Failed error={one.error} retry={() => void one.refetch()} />
        <p>
          <Button onClick={onAgain}>{t("admin.import.again")}</Button>
        </p>
      </div>
    );
  }
  const i = one.data;
  const title = t(`admin.import.title.${i.state === "checked" ? "waiting" : i.state}`);
  const percent = i.rows ? Math.round((i.done / i.rows) * 100) : 0;
  return (
    <Section title={title} actions={going(i) ? undefined : <Button onClick={onAgain}>{t("admin.import.again")}</Button>}>
      <div className="import-run">
        {going(i) && (
          <>
            <div className="progress" role="progressbar" aria-label={title} aria-valuenow={percent} style={{ "--value": `${percent}%` } as React.CSSProperties}>
              <i />
            </div>
            <p className="meta">{t("admin.import.progress", { done: number(i.done), rows: number(i.rows) })}</p>
          </>
        )}
        <p className="vh" role="status">
          {going(i) ? "" : title}
        </p>
        {i.state === "failed" && (
          <div className="banner" data-tone="danger">
            <Icon of={CircleAlert} />
            <p>
              {i.problem} {t("admin.import.failed_at", { done: number(i.done), rows: number(i.rows) })}
            </p>
          </div>
        )}
        <dl className="figures">
          {(["create", "update", "same", "faulty"] as const).map((a) => (
            <div key={a} className="figure">
              <dt className="meta">{t(`admin.import.did.${a}`)}</dt>
              <dd>
                <b className="num">{number(i[a])}</b>
              </dd>
            </div>
          ))}
        </dl>
        {!going(i) && i.state === "done" && i.create > 0 && i.kind === "agent" && <p className="meta">{t("admin.import.agents_next")}</p>}
        {!going(i) && (
          <p>
            <Link className="a" to={"/admin/people" as "/admin"}>
              {t("admin.import.to_people")}
            </Link>
          </p>
        )}
      </div>
      {i.faulty > 0 && <Faulty of={i} />}
    </Section>
  );
}

/** The lines that an import left out, and the file of them. */
function Faulty({ of }: { of: Import }) {
  const id = of.id ?? 0;
  const list = useInfiniteQuery({
    // While the import runs there are more of them each time.
    queryKey: ["imports", "faulty", id, of.faulty],
    queryFn: ({ pageParam }) => call(client.GET("/people/imports/{id}/faulty", { params: { path: { id }, query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <section className="section" aria-label={t("admin.import.left_out")}>
      <div className="section-head">
        <h3>{tn("admin.import.left_out_n", of.faulty)}</h3>
        <span className="push" />
        <a className="btn" href={`/api/v1/people/imports/${id}/faulty.csv`} download>
          <Icon of={Download} />
          {t("admin.import.download")}
        </a>
      </div>
      <p className="section-lead">{t("admin.import.left_out_hint")}</p>
      {list.isPending && <Skeleton lines={3} />}
      {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
      <ul aria-label={t("admin.import.left_out")}>
        {items.map((f) => (
          <li key={f.line} className="line-item import-line">
            <span className="meta">
              <span className="vh">{t("admin.import.line")} </span>
              {f.line}
            </span>
            <span className="grow">
              <span className="strong">{f.cells.filter(Boolean).join(" · ") || t("admin.import.nobody")}</span>
              <Problems of={f.problems} />
            </span>
          </li>
        ))}
      </ul>
      <LoadMore list={list} />
    </section>
  );
}

/** The imports until now. It is not shown while there are none. */
export function Earlier({ except }: { except: number }) {
  const list = useInfiniteQuery({
    queryKey: ["imports", "list"],
    queryFn: ({ pageParam }) => call(client.GET("/people/imports", { params: { query: { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: (query) => (query.state.data?.pages.some((p) => p.items.some(going)) ? 2000 : false),
  });
  const items = (list.data?.pages.flatMap((p) => p.items) ?? []).filter((i) => i.id !== except);
  if (list.error && items.length === 0) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (items.length === 0) return null;
  return (
    <Section title={t("admin.import.earlier")} lead={t("admin.import.earlier_hint")}>
      <ul>
        {items.map((i) => (
          <li key={i.id} className="line-item import-past">
            <span className="grow">
              <Link className="strong" to={"/admin/people/import" as "/admin"} search={{ id: i.id } as never}>
                {tn(`admin.import.past.${i.kind}`, i.rows)}
              </Link>
              <span className="meta">
                {i.created_at && <When at={i.created_at} as="exact" />}
                <Who id={i.person_id} />
                {` · ${t("admin.import.past_counts", { create: number(i.create), update: number(i.update), faulty: number(i.faulty) })}`}
              </span>
            </span>
            <StateBadge of={i} />
          </li>
        ))}
      </ul>
      <LoadMore list={list} />
    </Section>
  );
}

function StateBadge({ of }: { of: Import }) {
  if (of.state === "failed") {
    return (
      <Badge tone="danger" icon={CircleAlert}>
        {t("admin.import.state.failed")}
      </Badge>
    );
  }
  if (going(of)) {
    return (
      <Badge tone="accent" icon={LoaderCircle}>
        {t("admin.import.progress", { done: number(of.done), rows: number(of.rows) })}
      </Badge>
    );
  }
  return (
    <Badge tone={of.faulty > 0 ? "warn" : "ok"} icon={of.faulty > 0 ? CircleAlert : CircleCheck}>
      {of.faulty > 0 ? tn("admin.import.left_out_n", of.faulty) : t("admin.import.state.done")}
    </Badge>
  );
}

/** The name of who asked for an import. */
function Who({ id }: { id: number | null }) {
  const person = useQuery({
    queryKey: ["people", "name", id],
    queryFn: () => call(client.GET("/people/{id}", { params: { path: { id: id ?? 0 } } })),
    enabled: id !== null,
  });
  return person.data ? <> · {person.data.name}</> : null;
}
