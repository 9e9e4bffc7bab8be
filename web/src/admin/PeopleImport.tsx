import { Page } from "@/ui/Page";

export function PeopleImport() {
  return <Page title="PeopleImport">{null}</Page>;
}
