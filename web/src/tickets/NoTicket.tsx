import { Page } from "@/ui/Page";

export function NoTicket() {
  return <Page title="NoTicket">{null}</Page>;
}
