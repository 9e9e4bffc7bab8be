import type { Ticket } from "@/api/queries";

/** partnersOf gives the other desks that a ticket is or was shared with. */
export const partnersOf = (ticket: Pick<Ticket, "partners">) => ticket.partners;
