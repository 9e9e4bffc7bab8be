import { Page } from "@/ui/Page";

export function Group() {
  return <Page title="Group">{null}</Page>;
}
