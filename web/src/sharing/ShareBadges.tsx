import type { Row, Ticket } from "@/api/queries";

export function ShareBadges({ ticket }: { ticket: Row | Ticket; compact?: boolean }) {
  return <span data-ticket={ticket.number} />;
}
