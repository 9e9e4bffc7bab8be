import { CircleAlert, RotateCw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "@/api/client";
import { t } from "@/app/i18n";
import { Button } from "./Button";
import { Icon } from "./Icon";

/** What a place is for, why it is empty, and one thing to do. drawing is two tones of SVG, 96 by 64. */
export function Empty({ title, children, action, drawing = "tray" }: { title: string; children?: ReactNode; action?: ReactNode; drawing?: "tray" | "share" | "search" | "done" }) {
  return (
    <div className="empty">
      <Drawing of={drawing} />
      <h3>{title}</h3>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

function Drawing({ of }: { of: "tray" | "share" | "search" | "done" }) {
  const soft = "var(--pressed)";
  const firm = "var(--ink-3)";
  const lines = { fill: "none", stroke: firm, strokeWidth: 2, strokeLinecap: "round", strokeLinejoin: "round" } as const;
  return (
    <svg viewBox="0 0 96 64" aria-hidden="true">
      <rect x="14" y="10" width="68" height="44" rx="8" fill={soft} />
      {of === "tray" && <path d="M24 34h14l4 6h12l4-6h14M24 34l6-14h36l6 14v10H24z" {...lines} />}
      {of === "share" && (
        <g {...lines}>
          <circle cx="32" cy="32" r="7" />
          <circle cx="64" cy="22" r="6" />
          <circle cx="64" cy="42" r="6" />
          <path d="m38.500 29 20-5M38.500 35l20 5" />
        </g>
      )}
      {of === "search" && (
        <g {...lines}>
          <circle cx="44" cy="30" r="10" />
          <path d="m52 38 9 9" />
        </g>
      )}
      {of === "done" && <path d="m36 33 9 9 17-19" {...lines} />}
    </svg>
  );
}

/** Grey lines in the place of what is being fetched, drawn only when it takes longer than 150 ms. With rows they stand in pairs, as high as the rows of a list. */
export function Skeleton({ lines = 3, height = 12, rows = false }: { lines?: number; height?: number; rows?: boolean }) {
  const late = useLate(150);
  const line = (i: number, key = i) => <span key={key} className="skeleton" style={{ blockSize: height, inlineSize: `${92 - ((i * 17) % 40)}%` }} />;
  return (
    <div className="skeletons" data-rows={rows || undefined} aria-busy="true" aria-live="polite">
      <span className="vh">{t("app.loading")}</span>
      {late && Array.from({ length: lines }, (_, i) => (rows ? <span key={i} className="skeleton-row">{[line(i, 0), line(i + 2, 1)]}</span> : line(i)))}
    </div>
  );
}

/** useLate says whether ms have gone by since the first drawing. */
export function useLate(ms: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return late;
}

/** explain puts a failure in words for people. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.offline) return t("app.error.offline");
    if (error.status === 429) return t("app.error.busy");
    if (error.status >= 500) return t("app.error.server");
    return error.message || t("app.failed");
  }
  return error instanceof Error && error.message ? error.message : t("app.failed");
}

/** A part of a page that could not be fetched: what went wrong, Retry, and the id to tell support. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const id = error instanceof ApiError ? error.requestId : "";
  return (
    <div className="banner failed" data-tone="danger" role="alert">
      <Icon of={CircleAlert} />
      <p>
        {explain(error)}
        {id && <small className="meta mono"> {t("app.error.id", { id })}</small>}
      </p>
      {retry && (
        <Button size="sm" icon={RotateCw} onClick={retry}>
          {t("app.retry")}
        </Button>
      )}
    </div>
  );
}
