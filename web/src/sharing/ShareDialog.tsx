import { t } from "@/app/i18n";
import { Dialog } from "@/ui/Dialog";

/** What a list holds, for sharing all of it. */
export type ListOf = { view?: string; filter?: string; q?: string; state?: string };
export type ShareDialogProps = { numbers: number[]; list?: ListOf; open: boolean; onClose: () => void; mode?: "share" | "unshare" };

export function ShareDialog({ open, onClose }: ShareDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={t("app.loading")}>
      {null}
    </Dialog>
  );
}
