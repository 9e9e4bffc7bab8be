import { Page } from "@/ui/Page";

export function Fields() {
  return <Page title="Fields">{null}</Page>;
}
