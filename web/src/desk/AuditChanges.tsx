import type { Schema } from "@/api/client";
import { t } from "@/app/i18n";

type Change = Schema<"AuditChange">;

/** A value of a person, such as the name, is never kept: then there is none on either side. */
const kept = (c: Change) => c.old !== "" || c.new !== "";

/** One or two changes, in a line. */
export function FewChanges({ of }: { of: Change[] }) {
  return (
    <ul className="audit-few">
      {of.map((c) => (
        <li key={c.field}>
          <code>{c.field}</code> {kept(c) ? <Values of={c} /> : <span className="meta">{t("desk.audit.not_kept")}</span>}
        </li>
      ))}
    </ul>
  );
}

function Values({ of: c }: { of: Change }) {
  return (
    <>
      {c.old && <del>{c.old}</del>}
      {c.old && c.new && " → "}
      {c.new && <ins>{c.new}</ins>}
    </>
  );
}

/** What changed: each field with its value before and after. */
export function AuditChanges({ of, shortened }: { of: Change[]; shortened: boolean }) {
  return (
    <table className="diff audit-diff">
      <thead>
        <tr>
          <th scope="col">{t("desk.audit.field")}</th>
          {!shortened && (
            <>
              <th scope="col">{t("desk.audit.old")}</th>
              <th scope="col">{t("desk.audit.new")}</th>
            </>
          )}
        </tr>
      </thead>
      <tbody>
        {of.map((c, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- a field can stand here twice
          <tr key={i}>
            <th scope="row">
              <code>{c.field}</code>
            </th>
            {!shortened && !kept(c) && (
              <td colSpan={2} className="meta">
                {t("desk.audit.not_kept")}
              </td>
            )}
            {!shortened && kept(c) && (
              <>
                <td>{c.old ? <del>{c.old}</del> : <span className="meta">{t("desk.audit.nothing")}</span>}</td>
                <td>{c.new ? <ins>{c.new}</ins> : <span className="meta">{t("desk.audit.nothing")}</span>}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
