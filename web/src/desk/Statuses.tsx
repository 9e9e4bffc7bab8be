import { Page } from "@/ui/Page";

export function Statuses() {
  return <Page title="Statuses">{null}</Page>;
}
