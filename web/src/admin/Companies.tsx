import { Page } from "@/ui/Page";

export function Companies() {
  return <Page title="Companies">{null}</Page>;
}
