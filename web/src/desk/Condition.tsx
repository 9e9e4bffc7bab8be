import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Failed, Skeleton } from "@/ui/states";
import { ListRows } from "@/tickets/FilterRows";
import { filters } from "@/tickets/api";
import { type List, type Path, blamed, leaves, mostLeaves, put, read, write, wrote } from "@/tickets/condition";

type Props = { value: unknown; onChange: (value: unknown) => void; error: string };

function listOf(value: unknown): List {
  const node = read(value);
  return !node ? { kind: "all", items: [] } : "items" in node ? node : { kind: "all", items: [node] };
}

/** Which tickets, as in the filter of a list. Nobody in particular asks. */
export function Condition({ value, onChange, error }: Props) {
  const known = useQuery(filters);
  const [list, setList] = useState(() => listOf(value));
  const fault = blamed(error);
  const placed = (path: Path) => (fault.place && wrote(list, path) === fault.place ? fault.text : "");
  if (known.error) return <Failed error={known.error} retry={() => void known.refetch()} />;
  if (!known.data) return <Skeleton lines={2} height={32} />;
  const change = (next: List) => {
    setList(next);
    onChange(leaves(next) > 0 ? write(next) : null);
  };
  return (
    <>
      {fault.text && !fault.place && (
        <p className="banner" data-tone="danger" role="alert">
          {fault.text}
        </p>
      )}
      <ListRows list={list} path={[]} edit={{ fields: known.data, put: (path, to) => change(put(list, path, to)), fault: placed, full: leaves(list) >= mostLeaves, nobody: true }} />
    </>
  );
}
