import { Page } from "@/ui/Page";

export function Requests() {
  return <Page title="Requests">{null}</Page>;
}
