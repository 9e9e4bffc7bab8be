import { Page } from "@/ui/Page";

export function Snippets() {
  return <Page title="Snippets">{null}</Page>;
}
