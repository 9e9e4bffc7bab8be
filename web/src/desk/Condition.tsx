import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Failed, Skeleton } from "@/ui/states";
import { ListRows } from "@/tickets/FilterRows";
import { type Field, filters } from "@/tickets/api";
import { type List, type Path, blamed, leaves, mostLeaves, put, read, write, wrote } from "@/tickets/condition";

type Props = {
  value: unknown;
  onChange: (value: unknown) => void;
  error: string;
  /** What can be asked about; else the fields that the filter of a list has. */
  fields?: readonly Field[] | undefined;
};

function listOf(value: unknown): List {
  const node = read(value);
  return !node ? { kind: "all", items: [] } : "items" in node ? node : { kind: "all", items: [node] };
}

/** Which tickets, as in the filter of a list. Nobody in particular asks. */
export function Condition({ value, onChange, error, fields }: Props) {
  const known = useQuery({ ...filters, enabled: !fields });
  const offered = fields ?? known.data;
  const [list, setList] = useState(() => listOf(value));
  const fault = blamed(error);
  const placed = (path: Path) => (fault.place && wrote(list, path) === fault.place ? fault.text : "");
  if (known.error && !offered) return <Failed error={known.error} retry={() => void known.refetch()} />;
  if (!offered) return <Skeleton lines={2} height={32} />;
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
      <ListRows list={list} path={[]} edit={{ fields: offered, put: (path, to) => change(put(list, path, to)), fault: placed, full: leaves(list) >= mostLeaves, nobody: true }} />
    </>
  );
}
