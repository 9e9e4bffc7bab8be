import { Paperclip, RotateCw, X } from "lucide-react";
import { t } from "@/app/i18n";
import { locale } from "@/app/i18n";
import { size } from "@/app/time";
import { Icon } from "@/ui/Icon";
import type { Attachment } from "./api";
import type { Upload } from "./useUploads";

/** The files that go with a message, and those still on their way. */
export function FileChips({ files, going, onRemove, onAgain }: { files: Attachment[]; going: Upload[]; onRemove: (id: number) => void; onAgain: (u: Upload) => void }) {
  if (files.length + going.length === 0) return null;
  return (
    <ul className="composer-files" aria-label={t("ticket.files")}>
      {files.map((f) => (
        <li key={f.id} className="chip chip-file">
          <Icon of={Paperclip} small />
          <span className="clip">{f.name}</span>
          <small>{size(f.size)}</small>
          <button type="button" aria-label={t("app.remove", { name: f.name })} onClick={() => onRemove(f.id)}>
            <Icon of={X} small />
          </button>
        </li>
      ))}
      {going.map((u) => (
        <li key={u.key} className="chip chip-file" data-fault={u.fault ? "" : undefined} data-tone={u.fault ? "danger" : undefined}>
          <span className="clip">{u.name}</span>
          {u.fault ? (
            <>
              <small role="alert">{u.fault}</small>
              <button type="button" aria-label={t("ticket.file.again", { name: u.name })} onClick={() => onAgain(u)}>
                <Icon of={RotateCw} small />
              </button>
            </>
          ) : (
            <small role="progressbar" aria-label={t("ticket.file.going", { name: u.name })} aria-valuenow={Math.round(u.part * 100)}>
              {u.part.toLocaleString(locale(), { style: "percent" })}
            </small>
          )}
          <button type="button" aria-label={t("app.remove", { name: u.name })} onClick={u.stop}>
            <Icon of={X} small />
          </button>
        </li>
      ))}
    </ul>
  );
}
