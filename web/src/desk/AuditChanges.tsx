import type { Schema } from "@/api/client";
import { t } from "@/app/i18n";

/** What changed: each field with its value before and after. */
export function AuditChanges({ of, shortened }: { of: Schema<"AuditChange">[]; shortened: boolean }) {
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
            {!shortened && (
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
