import { Page } from "@/ui/Page";

export function AllShares() {
  return <Page title="AllShares">{null}</Page>;
}
