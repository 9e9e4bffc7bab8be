import { Copy } from "lucide-react";
import { useState } from "react";
import { t } from "@/app/i18n";
import { Button } from "@/ui/Button";
import { toast } from "@/ui/toast";
import "./SignIn.css";

/** A text to be entered elsewhere, with a button that copies it. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toast({ text: t("admin.sign_in.copy_failed"), error: true });
    }
  };
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
