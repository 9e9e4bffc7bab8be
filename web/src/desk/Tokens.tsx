import { Page } from "@/ui/Page";

export function Tokens() {
  return <Page title="Tokens">{null}</Page>;
}
