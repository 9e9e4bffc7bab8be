import { Copy } from "lucide-react";
import { useState } from "react";
import { t } from "@/app/i18n";
import { Button } from "./Button";
import { toast } from "./toast";
import "./data.css";

/** A text to be entered elsewhere, such as an address or a secret that is shown once, with a button that copies it. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => toast({ text: t("app.copy_failed"), error: true }),
    );
  return (
    <div className="copy-line" role="group" aria-label={label}>
      <code>{text}</code>
      <Button size="sm" icon={Copy} onClick={() => void copy()}>
        {copied ? t("app.copied") : t("app.copy")}
      </Button>
      <span className="vh" role="status">
        {copied ? t("app.copied") : ""}
      </span>
    </div>
  );
}
