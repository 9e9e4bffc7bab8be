import { Dialog } from "@/ui/Dialog";

export function Palette({ onClose }: { onClose: () => void }) {
  return <Dialog open onClose={onClose} title="Palette">{null}</Dialog>;
}
