import { useSuspenseQuery } from "@tanstack/react-query";
import { type Me, me } from "@/api/queries";

/** useMe gives who is signed in. It is fetched before anything is drawn. */
export function useMe(): Me {
  return useSuspenseQuery(me).data;
}

/** useMay says whether the roles of who is signed in hold a permission, such as "tickets.share". */
export function useMay(permission: string): boolean {
  return useMe().permissions.includes(permission);
}
