import { Combobox } from "@base-ui/react/combobox";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Schema } from "@/api/client";
import type { Share } from "@/api/queries";
import { t } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Failed, Skeleton } from "@/ui/states";
import { findPeople, sightOf } from "./api";
import { levelName, why } from "./model";

type Person = Schema<"WholePerson">;

/** Type a person, and see how far they see the ticket and every reason for it. */
export function CheckAccess({ number, list }: { number: number; list: Share[] }) {
  const id = useId();
  const [text, setText] = useState("");
  const [person, setPerson] = useState<Person | null>(null);
  const [open, setOpen] = useState(false);
  const found = useQuery({ ...findPeople(text.trim()), enabled: open && text.trim() !== "" });
  const people = text.trim() ? (found.data ?? []) : [];
  return (
    <div className="share-check field">
      <label className="label" htmlFor={id}>
        {t("sharing.check.who")}
      </label>
      <Combobox.Root
        items={people}
        filter={null}
        value={person}
        isItemEqualToValue={(a: Person, b: Person) => a.id === b.id}
        itemToStringLabel={(p: Person) => p.name}
        inputValue={text}
        onInputValueChange={(value, details) => details.reason !== "escape-key" && setText(value)}
        onValueChange={(next, details) => {
          if (details.reason === "escape-key") {
            details.cancel();
            details.allowPropagation();
            return;
          }
          setPerson(next as Person | null);
        }}
        open={open}
        onOpenChange={setOpen}
        openOnInputClick={false}
        autoHighlight
      >
        <Combobox.Input id={id} className="input" placeholder={t("sharing.check.placeholder")} />
        <Combobox.Portal>
          <Combobox.Positioner className="pop" sideOffset={5} collisionPadding={8} align="start">
            <Combobox.Popup className="menu share-found">
              <Combobox.Empty>{text.trim() !== "" && !found.isFetching && <p className="share-none">{t("sharing.check.none")}</p>}</Combobox.Empty>
              <Combobox.List>
                {(p: Person) => (
                  <Combobox.Item key={p.id} value={p} className="person">
                    <Avatar name={p.name} outside={p.kind === "requester"} />
                    <span className="grow">
                      <span className="clip strong">{p.name}</span>
                      <span className="meta clip">{p.address}</span>
                    </span>
                  </Combobox.Item>
                )}
              </Combobox.List>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
      {person && <Verdict number={number} person={person} list={list} />}
    </div>
  );
}

function Verdict({ number, person, list }: { number: number; person: Person; list: Share[] }) {
  const sight = useQuery(sightOf(number, person.id));
  if (sight.isPending) return <Skeleton lines={1} />;
  if (sight.error) return <Failed error={sight.error} retry={() => void sight.refetch()} />;
  const level = sight.data?.level ?? "";
  return (
    <div className="share-verdict" role="status">
      <p>
        {level ? t("sharing.check.level", { name: person.name, level: levelName(level) }) : t("sharing.check.no", { name: person.name })}
      </p>
      {level && (
        <ul>
          {(sight.data?.reasons ?? []).map((r) => {
            const by = list.find((s) => s.id === r.share_id);
            const given = r.level ? `${levelName(r.level)}: ` : "";
            return (
              <li key={`${r.way}${r.share_id}${r.group}`} className="meta">
                {given}
                {why(r, by)}
                {r.way === "group_share" && by && `; ${why({ ...r, way: "share" }, by)}`}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
