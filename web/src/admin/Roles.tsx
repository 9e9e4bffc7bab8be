import { Page } from "@/ui/Page";

export function Roles() {
  return <Page title="Roles">{null}</Page>;
}
