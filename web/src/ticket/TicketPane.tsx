import { Page } from "@/ui/Page";

export function TicketPane() {
  return <Page title="TicketPane">{null}</Page>;
}
