import { Page } from "@/ui/Page";

export function NewTicket() {
  return <Page title="NewTicket">{null}</Page>;
}
