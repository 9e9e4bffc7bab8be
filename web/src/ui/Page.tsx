import { type ReactNode, useEffect } from "react";
import { useMe } from "@/app/session";

/** useTitle names the tab: "Subject · Account". */
export function useTitle(title: string) {
  const account = useMe().account.name;
  useEffect(() => {
    document.title = title ? `${title} · ${account}` : account;
  }, [title, account]);
}

/** A page of one column with its heading, which gets the focus when the address changes. */
export function Page(props: { title: string; lead?: ReactNode; actions?: ReactNode; width?: number; children: ReactNode }) {
  useTitle(props.title);
  return (
    <main className="pane-scroll" id="main">
      <div className="page" style={props.width ? ({ "--page-width": `${props.width}px` } as React.CSSProperties) : undefined}>
        <header className="page-head">
          <div>
            <h1 tabIndex={-1} data-heading>
              {props.title}
            </h1>
            {props.lead && <p>{props.lead}</p>}
          </div>
          {props.actions && <div className="cluster">{props.actions}</div>}
        </header>
        {props.children}
      </div>
    </main>
  );
}

/** A part of a page under a heading of its own. */
export function Section({ title, lead, actions, children, id }: { title: string; lead?: ReactNode; actions?: ReactNode; children: ReactNode; id?: string }) {
  return (
    <section className="section" id={id} aria-label={title}>
      <div className="section-head">
        <h2>{title}</h2>
        {actions && <div className="cluster push">{actions}</div>}
      </div>
      {lead && <p className="section-lead">{lead}</p>}
      {children}
    </section>
  );
}
