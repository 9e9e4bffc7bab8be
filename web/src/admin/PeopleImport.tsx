import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CircleAlert, FileSpreadsheet, TriangleAlert, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { ApiError, call, client, once } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { size } from "@/app/time";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Page, Section } from "@/ui/Page";
import { Failed, Skeleton, explain } from "@/ui/states";
import { type ChosenFile, exampleFile, maxBytes, readFile } from "./PeopleImportFile";
import { type Column, Columns, type Import, type Kind, Lines, assign, fieldsOf } from "./PeopleImportPreview";
import { Earlier, Run } from "./PeopleImportRun";
import { useMe } from "@/app/session";
import "./PeopleImport.css";

/** Making and changing people by a file: choose it, see what would become of it, import it. Which import is shown stands in the address. */
export function PeopleImport() {
  const search: { id?: unknown } = useSearch({ strict: false });
  const go = useNavigate();
  const id = Number(search.id) || 0;
  const show = (next?: number) => void go({ to: "/admin/people/import" as "/admin", search: (next ? { id: next } : {}) as never });
  return (
    <Page title={t("admin.import.title")} lead={t("admin.import.lead")}>
      {id > 0 ? <Run key={id} id={id} onAgain={() => show()} /> : <NewImport onStarted={show} />}
      <Earlier except={id} />
    </Page>
  );
}

function NewImport({ onStarted }: { onStarted: (id: number) => void }) {
  const may = useMe().permissions;
  const [kind, setKind] = useState<Kind>("requester");
  const [file, setFile] = useState<ChosenFile>();
  const [mapping, setMapping] = useState<Record<string, string>>({});
  const [fault, setFault] = useState("");

  const choose = async (chosen: File) => {
    setFault("");
    if (chosen.size > maxBytes) {
      setFault(t("admin.import.too_large", { name: chosen.name }));
      return;
    }
    try {
      setFile(await readFile(chosen));
      setMapping({});
    } catch {
      setFault(t("admin.import.unreadable", { name: chosen.name }));
    }
  };
  const turn = (next: Kind) => {
    setKind(next);
    // What agents have no column for is forgotten, and the other way round.
    const known: readonly string[] = fieldsOf(next, may);
    setMapping((m) => Object.fromEntries(Object.entries(m).filter(([, field]) => field === "" || known.includes(field))));
  };
  return (
    <>
      <Section title={t("admin.import.who")}>
        <fieldset className="import-kinds">
          <legend className="vh">{t("admin.import.who")}</legend>
          {(["requester", "agent"] as const).map((k) => (
            <label key={k} className="import-kind">
              <input type="radio" className="check" name="kind" checked={kind === k} onChange={() => turn(k)} aria-label={t(`admin.import.kind.${k}`)} aria-describedby={`kind-${k}`} />
              <span>
                <span className="strong">{t(`admin.import.kind.${k}`)}</span>
                <small id={`kind-${k}`}>{t(`admin.import.kind_hint.${k}`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
      </Section>
      <FileSection file={file} fault={fault} kind={kind} onChoose={(f) => void choose(f)} />
      {file && <Check key={file.data.length + file.name} file={file} kind={kind} mapping={mapping} onMap={setMapping} onStarted={onStarted} />}
    </>
  );
}

/** The file: a place to drop one, or the one that was chosen. */
function FileSection({ file, fault, kind, onChoose }: { file: ChosenFile | undefined; fault: string; kind: Kind; onChoose: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const drop = {
    onDragOver: (e: React.DragEvent) => {
      e.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (e: React.DragEvent) => {
      e.preventDefault();
      setOver(false);
      const dropped = e.dataTransfer.files[0];
      if (dropped) onChoose(dropped);
    },
  };
  return (
    <Section title={t("admin.import.file")} lead={t("admin.import.file_hint")}>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t("admin.import.file")}
        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
        onChange={(e) => {
          const chosen = e.target.files?.[0];
          if (chosen) onChoose(chosen);
          e.target.value = ""; // the same file again, once it was mended
        }}
      />
      {file ? (
        <div className="import-file" data-over={over || undefined} role="group" aria-label={t("admin.import.file")} {...drop}>
          <Icon of={FileSpreadsheet} />
          <span>
            <span className="strong">{file.name}</span>
            <span className="meta">{size(file.size)}</span>
          </span>
          <Button onClick={() => input.current?.click()}>{t("admin.import.other_file")}</Button>
        </div>
      ) : (
        <div className="drop" data-over={over || undefined} role="group" aria-label={t("admin.import.file")} {...drop}>
          <Icon of={FileSpreadsheet} />
          <p>{t("admin.import.drop")}</p>
          <Button icon={Upload} onClick={() => input.current?.click()}>
            {t("admin.import.choose")}
          </Button>
          <a className="a" href={exampleFile(kind)} download={`${kind}s.csv`}>
            {t("admin.import.example")}
          </a>
        </div>
      )}
      {fault && (
        <div className="banner" data-tone="danger" role="alert">
          <Icon of={CircleAlert} />
          <p>{fault}</p>
        </div>
      )}
    </Section>
  );
}

type CheckProps = { file: ChosenFile; kind: Kind; mapping: Record<string, string>; onMap: (mapping: Record<string, string>) => void; onStarted: (id: number) => void };

/** What would become of the file, what its columns hold, and the button that imports it. */
function Check({ file, kind, mapping, onMap, onStarted }: CheckProps) {
  const queries = useQueryClient();
  const body = { kind, data: file.data, columns: mapping };
  const check = useQuery({
    queryKey: ["import-check", file, kind, mapping],
    queryFn: ({ signal }) => call(client.POST("/people/import", { body: { ...body, dry_run: true }, signal })) as Promise<Import>,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
    refetchOnWindowFocus: false,
  });
  // One key for one intention: pressing again after an answer that got lost imports once.
  const keys = useRef(new Map<string, string>());
  const key = () => {
    const what = JSON.stringify([kind, mapping]);
    const known = keys.current.get(what) ?? crypto.randomUUID();
    keys.current.set(what, known);
    return known;
  };
  const start = useMutation({
    mutationFn: () => call(client.POST("/people/import", { body, headers: once(key()) })) as Promise<Import>,
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ["imports"] });
      if (made.id) onStarted(made.id);
    },
  });
  const refused = check.error instanceof ApiError && check.error.status === 422 ? check.error : undefined;
  const plan = check.error ? undefined : check.data;
  const seen = useRef<readonly Column[]>([]);
  if (plan) seen.current = plan.columns;
  // A file that was refused comes without its columns: they are then as the browser reads them, with what was chosen so far.
  const guess = (header: string) => mapping[header] ?? seen.current.find((c) => c.header === header)?.field ?? null;
  const columns = plan && !check.isPlaceholderData ? plan.columns : file.headers.map((header): Column => ({ header, field: guess(header) }));
  const about = refused?.faults.filter((f) => /^(body\.)?columns/.test(f.location)) ?? [];
  const unfit = refused && about.length === 0;
  return (
    <>
      {check.isPending && <Skeleton lines={5} height={16} />}
      {check.error && !refused && <Failed error={check.error} retry={() => void check.refetch()} />}
      {unfit && <Refusal texts={refused.faults.length ? refused.faults.map((f) => f.message) : [explain(refused)]} />}
      {(plan || about.length > 0) && (
        <Section title={t("admin.import.columns")} lead={t("admin.import.columns_hint")}>
          {about.length > 0 && <Refusal texts={about.map((f) => f.message)} />}
          <Columns kind={kind} columns={columns} onPick={(header, field) => onMap(assign(mapping, columns, header, field))} />
        </Section>
      )}
      {plan && (
        <Section title={t("admin.import.preview")} lead={t("admin.import.preview_hint")}>
          <p className="vh" role="status">
            {check.isFetching ? "" : t("admin.import.said", { create: plan.create, update: plan.update, same: plan.same, faulty: plan.faulty })}
          </p>
          <Foot plan={plan} busy={start.isPending} checking={check.isFetching} onStart={() => start.mutate()} />
          {start.error && <Refusal texts={[explain(start.error)]} />}
          <div className={check.isFetching ? "section import-stale" : "section"} aria-busy={check.isFetching}>
            <Lines plan={plan} />
          </div>
        </Section>
      )}
    </>
  );
}

function Foot({ plan, busy, checking, onStart }: { plan: Import; busy: boolean; checking: boolean; onStart: () => void }) {
  const count = plan.create + plan.update;
  return (
    <>
      {count > 0 && plan.faulty > 0 && (
        <div className="banner" data-tone="warn">
          <Icon of={TriangleAlert} />
          <p>{tn("admin.import.will_leave_out", plan.faulty)}</p>
        </div>
      )}
      <div className="import-foot">
        <Button kind="primary" icon={Upload} busy={busy || checking} reason={count === 0 ? t("admin.import.nothing") : undefined} onClick={onStart}>
          {tn("admin.import.start", count)}
        </Button>
        {count === 0 && <span className="meta">{t("admin.import.nothing")}</span>}
      </div>
    </>
  );
}

/** Why the server does not take it. */
function Refusal({ texts }: { texts: string[] }) {
  return (
    <div className="banner" data-tone="danger" role="alert">
      <Icon of={CircleAlert} />
      <div>
        {texts.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </div>
    </div>
  );
}
