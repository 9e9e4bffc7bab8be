import { Page } from "@/ui/Page";

export function Person() {
  return <Page title="Person">{null}</Page>;
}
