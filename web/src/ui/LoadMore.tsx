import { t } from "@/app/i18n";
import { Button } from "./Button";

type Paged = { hasNextPage?: boolean; isFetchingNextPage?: boolean; fetchNextPage?: () => unknown };

/** The button below a list that has another page; nothing where it has none. */
export function LoadMore({ list }: { list: Paged }) {
  if (!list.hasNextPage) return null;
  return (
    <p>
      <Button busy={list.isFetchingNextPage ?? false} onClick={() => void list.fetchNextPage?.()}>
        {t("app.more")}
      </Button>
    </p>
  );
}
