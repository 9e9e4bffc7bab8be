import { Page } from "@/ui/Page";

export function Departments() {
  return <Page title="Departments">{null}</Page>;
}
