import { useQuery } from "@tanstack/react-query";
import { Copy, Download } from "lucide-react";
import { ApiError } from "@/api/client";
import { t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Icon } from "@/ui/Icon";
import { Failed, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toast";

/** As much of a mail is drawn; a large one is mostly its files. */
const shown = 200_000;

const address = (number: number, message: number) => `/api/v1/tickets/${number}/messages/${message}/source`;

async function fetchSource(number: number, message: number, signal: AbortSignal): Promise<string> {
  const answer = await fetch(address(number, message), { signal }).catch(() => undefined);
  if (!answer) throw new ApiError(0, "", "offline", [], "", 0);
  if (answer.ok) return answer.text();
  const told = (await answer.json().catch(() => ({}))) as { detail?: string };
  throw new ApiError(answer.status, told.detail ?? "", "", [], answer.headers.get("X-Request-Id") ?? "", 0);
}

/** The mail that a message came by, as text. */
export function Source({ number, message, onClose }: { number: number; message: number; onClose: () => void }) {
  const source = useQuery({ queryKey: ["ticket", number, "source", message], queryFn: ({ signal }) => fetchSource(number, message, signal), staleTime: Infinity, gcTime: 0, retry: false });
  const text = source.data ?? "";
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("ticket.source.title")}
      subtitle={t("ticket.source.lead")}
      width={840}
      foot={
        source.data !== undefined && (
          <>
            <span className="push" />
            <Button icon={Copy} onClick={() => void navigator.clipboard.writeText(text).then(() => toast(t("ticket.source.copied")))}>
              {t("ticket.source.copy")}
            </Button>
            <a className="btn" data-kind="primary" href={address(number, message)} download>
              <Icon of={Download} />
              {t("ticket.source.download")}
            </a>
          </>
        )
      }
    >
      {source.isPending && <Skeleton lines={8} height={16} />}
      {source.error && <Failed error={source.error} retry={() => void source.refetch()} />}
      {source.data !== undefined && (
        <>
          {text.length > shown && <p className="meta">{t("ticket.source.cut")}</p>}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so it has to be reached by keyboard */}
          <pre className="mail-source" tabIndex={0} role="region" aria-label={t("ticket.source.text")}>
            {text.slice(0, shown)}
          </pre>
        </>
      )}
    </Dialog>
  );
}
