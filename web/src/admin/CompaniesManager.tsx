import { Combobox } from "@base-ui/react/combobox";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { call, client } from "@/api/client";
import { t } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Field } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { explain } from "@/ui/states";
import "./Companies.css";

export type Agent = { id: number; name: string; address: string };

/** Who a person is, by id. */
export const personName = (id: number) =>
  queryOptions({
    queryKey: ["people", "name", id],
    queryFn: () => call(client.GET("/people/{id}", { params: { path: { id } } })),
    staleTime: 300_000,
  });

/** One agent or nobody, searched by the server. */
export function AgentField({ label, hint, error, value, onChange }: { label: string; hint: string; error: string; value: Agent | null; onChange: (agent: Agent | null) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [search, setSearch] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSearch(text.trim()), text ? 150 : 0);
    return () => clearTimeout(timer);
  }, [text]);
  const found = useQuery({
    queryKey: ["people", "agents", search],
    queryFn: () => call(client.GET("/people", { params: { query: { kind: "agent", active: "true", limit: 20, ...(search ? { q: search } : {}) } } })),
    enabled: open,
    placeholderData: keepPreviousData,
  });
  const items: Agent[] = found.data?.items.map(({ id, name, address }) => ({ id, name, address })) ?? [];
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <Combobox.Root
          items={items}
          filter={null}
          value={value}
          isItemEqualToValue={(a: Agent, b: Agent) => a.id === b.id}
          itemToStringLabel={(a: Agent) => a.name}
          onValueChange={(next) => onChange(next as Agent | null)}
          onInputValueChange={(next, details) => setText(details.reason === "input-change" ? next : "")}
          open={open}
          onOpenChange={(next) => setOpen(next)}
          autoHighlight
        >
          <div className="picker agent-picker" ref={box}>
            {value && <Avatar name={value.name} size="sm" />}
            <Combobox.Input {...control} placeholder={t("admin.companies.nobody")} />
            {value && (
              <Combobox.Clear className="icon-btn" aria-label={t("app.remove", { name: value.name })}>
                <Icon of={X} />
              </Combobox.Clear>
            )}
          </div>
          <Combobox.Portal>
            <Combobox.Positioner className="pop" anchor={box} sideOffset={5} collisionPadding={8} align="start">
              <Combobox.Popup className="menu agent-found" aria-busy={found.isFetching || undefined}>
                <Combobox.Empty>
                  <p className="agent-none">{found.error ? explain(found.error) : found.isPending ? t("app.loading") : t("admin.companies.no_agent")}</p>
                </Combobox.Empty>
                <Combobox.List>
                  {(a: Agent) => (
                    <Combobox.Item key={a.id} value={a} className="person">
                      <Avatar name={a.name} />
                      <span className="grow">
                        <span className="clip strong">{a.name}</span>
                        <span className="meta clip">{a.address}</span>
                      </span>
                      <Combobox.ItemIndicator>
                        <Icon of={Check} />
                      </Combobox.ItemIndicator>
                    </Combobox.Item>
                  )}
                </Combobox.List>
              </Combobox.Popup>
            </Combobox.Positioner>
          </Combobox.Portal>
        </Combobox.Root>
      )}
    </Field>
  );
}
