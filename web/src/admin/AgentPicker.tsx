import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { t } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { explain } from "@/ui/states";
import { type Person, peoplePage } from "./api";
import { SearchBox, useTyped } from "./ui";

type Found = Person;

type Props = { label: string; kind?: "agent" | "requester"; not: number[] | ((p: Found) => boolean); onPick: (person: Found) => void };

/** Finds an active agent, or requester, by name or address. Those who are named in `not` are left out. */
export function AgentPicker({ label, kind = "agent", not, onPick }: Props) {
  const [text, setText] = useState("");
  const typed = useTyped(text).trim();
  const found = useQuery({
    queryKey: ["admin", `${kind}s`, typed],
    queryFn: () => peoplePage({ kind, active: "true", q: typed }, "", 20),
    enabled: typed !== "",
    placeholderData: (before) => before,
  });
  const shown = (found.data?.items ?? []).filter((p) => (typeof not === "function" ? !not(p) : !not.includes(p.id))).slice(0, 6);
  return (
    <div className="adm-results">
      <SearchBox label={label} value={text} onChange={setText} />
      <p className="vh" role="status">
        {typed && found.data ? (shown.length ? shown.map((p) => p.name).join(", ") : t("admin.nothing_found")) : ""}
      </p>
      {typed !== "" && found.error && <p className="meta">{explain(found.error)}</p>}
      {typed !== "" && found.data && shown.length === 0 && <p className="meta adm-nothing">{t("admin.nothing_found")}</p>}
      {typed !== "" &&
        shown.map((p) => (
          <div key={p.id} className="line-item">
            <Avatar name={p.name} />
            <span className="grow">
              <span className="strong clip">{p.name}</span>
              <span className="meta clip">{p.address}</span>
            </span>
            <Button
              size="sm"
              icon={Plus}
              aria-label={t("admin.add_name", { name: p.name })}
              onClick={() => {
                onPick(p);
                setText("");
              }}
            >
              {t("app.add")}
            </Button>
          </div>
        ))}
    </div>
  );
}
