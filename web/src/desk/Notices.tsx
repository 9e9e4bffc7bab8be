import { Page } from "@/ui/Page";

export function Notices() {
  return <Page title="Notices">{null}</Page>;
}
