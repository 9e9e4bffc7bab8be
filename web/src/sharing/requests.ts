import { queryOptions, useQuery } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { useMay } from "@/app/session";

export const requestCount = queryOptions({
  queryKey: ["requests", "count"],
  queryFn: () => call(client.GET("/access-requests/count")),
});

/** How many requests for access wait for this person's decision; at most 100 are counted. */
export function useRequestCount(): number {
  const may = useMay("tickets.share");
  return useQuery({ ...requestCount, enabled: may }).data?.count ?? 0;
}
