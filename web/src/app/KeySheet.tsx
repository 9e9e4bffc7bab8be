import { Dialog } from "@/ui/Dialog";

export function KeySheet({ onClose }: { onClose: () => void }) {
  return <Dialog open onClose={onClose} title="KeySheet">{null}</Dialog>;
}
