import { Page } from "@/ui/Page";

export function Groups() {
  return <Page title="Groups">{null}</Page>;
}
