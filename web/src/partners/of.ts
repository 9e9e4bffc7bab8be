import type { Ticket } from "@/api/queries";
import type { LinkState } from "./types";

export type Mark = { partner: { id: number; name: string; host: string }; direction: "sent" | "received"; state: LinkState; remote_number: string; requester: string };

/** partnersOf gives the partners of a ticket as its head has them. */
export const partnersOf = (ticket: Ticket): Mark[] => (ticket as Ticket & { partners?: Mark[] | null }).partners ?? [];
