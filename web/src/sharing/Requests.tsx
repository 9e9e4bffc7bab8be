import "./badges.css";
import "./sharing.css";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { Empty, Failed, Skeleton } from "@/ui/states";
import { RequestLine } from "./RequestLine";
import { type RequestState, requests } from "./api";

const tabs: { state: RequestState; label: "sharing.requests.waiting" | "sharing.requests.granted" | "sharing.requests.declined"; none: "sharing.requests.none_waiting" | "sharing.requests.none_granted" | "sharing.requests.none_declined" }[] = [
  { state: "waiting", label: "sharing.requests.waiting", none: "sharing.requests.none_waiting" },
  { state: "granted", label: "sharing.requests.granted", none: "sharing.requests.none_granted" },
  { state: "declined", label: "sharing.requests.declined", none: "sharing.requests.none_declined" },
];

/** Requests for access on which one may decide: those that wait, and what was decided. */
export function Requests() {
  const [state, setState] = useState<RequestState>("waiting");
  const list = useInfiniteQuery(requests(state));
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <Page title={t("sharing.requests.title")} lead={t("sharing.requests.lead")} width={760}>
      <div className="share-request-page">
        <div className="tabs" role="group" aria-label={t("sharing.requests.show")}>
          {tabs.map((tab) => (
            <button key={tab.state} type="button" className="tab" aria-pressed={state === tab.state} onClick={() => setState(tab.state)}>
              {t(tab.label)}
            </button>
          ))}
        </div>
        {list.isPending && <Skeleton lines={3} height={40} />}
        {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.data && items.length === 0 && (
          <Empty title={t(tabs.find((tab) => tab.state === state)!.none)} drawing={state === "waiting" ? "done" : "share"}>
            {t("sharing.requests.none_text")}
          </Empty>
        )}
        <ul className="share-requests" data-page>
          {items.map((r) => (
            <RequestLine key={r.id} request={r} ticket />
          ))}
        </ul>
        {list.hasNextPage && (
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("app.more")}
          </Button>
        )}
      </div>
    </Page>
  );
}
