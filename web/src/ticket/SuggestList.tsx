import { StickyNote } from "lucide-react";
import { createPortal } from "react-dom";
import { t } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Icon } from "@/ui/Icon";
import type { Snippet, Target } from "./api";
import { levelName } from "./describe";
import type { Suggesting } from "./suggest";

/** What is offered after "@" or "/". The text keeps the focus; arrows and Enter choose. */
export function SuggestList({ kind, items, marked, query, rect, choose, move }: Suggesting<Target | Snippet>) {
  if (!rect || (kind === "mention" && !query)) return null;
  const below = rect.bottom + 240 < innerHeight;
  const left = Math.max(8, Math.min(rect.left, innerWidth - 308));
  return createPortal(
    <div className="listbox suggest" style={{ left, ...(below ? { top: rect.bottom + 6 } : { bottom: innerHeight - rect.top + 6 }) }}>
      <div role="listbox" aria-label={t(kind === "mention" ? "ticket.tool.mention" : "ticket.tool.snippet")}>
        {items.map((item, i) => (
          <div
            key={item.id}
            role="option"
            tabIndex={-1}
            aria-selected={i === marked}
            className="person"
            onPointerMove={() => i !== marked && move(i)}
            onMouseDown={(e) => {
              e.preventDefault();
              choose(item);
            }}
          >
            {"access" in item ? <Person of={item} /> : <Piece of={item} />}
          </div>
        ))}
      </div>
      <p className="vh" role="status">
        {items.length ? t("ticket.suggest.marked", { name: items[marked]?.name ?? "" }) : ""}
      </p>
      {items.length === 0 && <p className="meta suggest-none">{t(kind === "mention" ? "ticket.suggest.nobody" : "ticket.suggest.no_snippet")}</p>}
    </div>,
    document.body,
  );
}

function Person({ of }: { of: Target }) {
  return (
    <>
      <Avatar name={of.name} />
      <span className="grow">
        <span className="clip">{of.name}</span>
        <span className="meta clip">{of.access ? levelName(of.access) : t("ticket.suggest.no_access")}</span>
      </span>
    </>
  );
}

function Piece({ of }: { of: Snippet }) {
  return (
    <>
      <Icon of={StickyNote} />
      <span className="grow">
        <span className="clip">{of.name}</span>
        <span className="meta clip">{of.group_name ?? t(of.scope === "private" ? "ticket.snippet.private" : "ticket.snippet.everyone")}</span>
      </span>
    </>
  );
}
