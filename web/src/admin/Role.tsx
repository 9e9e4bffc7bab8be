import { Page } from "@/ui/Page";

export function Role() {
  return <Page title="Role">{null}</Page>;
}
