import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { ApiError } from "@/api/client";
import { t } from "@/app/i18n";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { explain } from "./states";
import "./data.css";

/** faultOf gives what the server said about a field, also about a part of it such as "others[1]". */
export function faultOf(error: unknown, field: string): string {
  if (!(error instanceof ApiError)) return "";
  const own = (location: string) => location === field || location.startsWith(`${field}[`) || location.startsWith(`${field}.`);
  return error.faults.find((f) => own(f.location.replace(/^body\./, "")))?.message ?? "";
}

/** What a failure says beyond the fields that show their own faults. */
export function Fault({ error, fields = [] }: { error: unknown; fields?: string[] }) {
  if (!error || fields.some((f) => faultOf(error, f))) return null;
  return (
    <p className="banner" data-tone="danger" role="alert">
      {explain(error)}
    </p>
  );
}

type FormProps = {
  title: string;
  subtitle?: ReactNode;
  onClose: () => void;
  /** Sends it. The dialog closes when it succeeds, and keeps what was typed when it does not. */
  onSave: () => Promise<unknown>;
  /** The fields that show their own faults; others are told above the buttons. */
  fields: string[];
  action?: string;
  width?: number;
  children: (about: (field: string) => string) => ReactNode;
};

/** A dialog with a form. What the server does not accept stands at its field. */
export function FormDialog({ title, subtitle, onClose, onSave, fields, action, width, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const save = useMutation({ mutationFn: onSave, onSuccess: onClose });
  return (
    <Dialog
      open
      onClose={() => save.isPending || onClose()}
      title={title}
      subtitle={subtitle}
      {...(width ? { width } : {})}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="primary" busy={save.isPending} onClick={() => form.current?.requestSubmit()}>
            {action ?? t("app.save")}
          </Button>
        </>
      }
    >
      <form
        ref={form}
        className="form"
        onSubmit={(e) => {
          e.preventDefault();
          if (!save.isPending) save.mutate();
        }}
      >
        {children((field) => faultOf(save.error, field))}
        <Fault error={save.error} fields={fields} />
        <button type="submit" hidden tabIndex={-1} aria-hidden="true" />
      </form>
    </Dialog>
  );
}
