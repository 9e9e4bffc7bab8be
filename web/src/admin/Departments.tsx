import { Network } from "lucide-react";
import { type Schema, call, client, once } from "@/api/client";
import { Icon } from "@/ui/Icon";
import { NameForm, NameList } from "./CompaniesList";

type Department = Schema<"Department">;

/** The departments that requesters belong to. */
export function Departments() {
  return (
    <NameList<Department>
      area="departments"
      fetch={(query) => call(client.GET("/departments", { params: { query } }))}
      remove={(id) => call(client.DELETE("/departments/{id}", { params: { path: { id } } }))}
      mark={Mark}
      form={DepartmentForm}
    />
  );
}

function Mark() {
  return <Icon of={Network} />;
}

function DepartmentForm({ item, onClose }: { item: Department | undefined; onClose: () => void }) {
  const save = (name: string, key: string) =>
    item ? call(client.PATCH("/departments/{id}", { params: { path: { id: item.id } }, body: { name } })) : call(client.POST("/departments", { body: { name }, headers: once(key) }));
  return <NameForm area="departments" item={item} onClose={onClose} onSave={save} />;
}
