import { Page } from "@/ui/Page";

export function HeldMails() {
  return <Page title="HeldMails">{null}</Page>;
}
