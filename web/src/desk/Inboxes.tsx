import { Page } from "@/ui/Page";

export function Inboxes() {
  return <Page title="Inboxes">{null}</Page>;
}
