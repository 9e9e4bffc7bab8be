import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/app/session";

/** How many requests for access wait for this person's decision. */
export function useRequestCount(): number {
  const may = useMay("tickets.share");
  return useQuery({ queryKey: ["requests", "count"], queryFn: () => Promise.resolve(0), enabled: may }).data ?? 0;
}
