import { Page } from "@/ui/Page";

export function Brands() {
  return <Page title="Brands">{null}</Page>;
}
