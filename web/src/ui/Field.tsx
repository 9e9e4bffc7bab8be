import { ChevronDown, CircleAlert, X } from "lucide-react";
import { type ComponentProps, type ReactNode, useId, useState } from "react";
import { t } from "@/app/i18n";
import { Icon } from "./Icon";

type FieldProps = {
  label: string;
  hint?: ReactNode;
  /** What is wrong with the value, under the control. */
  error?: string | undefined;
  /** The label is read out and not drawn. */
  bare?: boolean;
  children: (control: { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined }) => ReactNode;
};

/** A label, a control, a hint and what is wrong. */
export function Field({ label, hint, error, bare = false, children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label className={bare ? "vh" : "label"} htmlFor={id}>
        {label}
      </label>
      {children({ id, "aria-describedby": described, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="error" data-tone="danger" id={`${id}-error`}>
          <Icon of={CircleAlert} small />
          {error}
        </p>
      )}
    </div>
  );
}

type Common = { label: string; hint?: ReactNode; error?: string | undefined; bare?: boolean };

/** A line of text. */
export function TextField({ label, hint, error, bare, ...rest }: Common & Omit<ComponentProps<"input">, "id">) {
  return (
    <Field label={label} hint={hint} error={error} bare={bare ?? false}>
      {(control) => <input type="text" autoComplete="off" {...rest} {...control} className={`input ${rest.className ?? ""}`} />}
    </Field>
  );
}

/** Several lines of text. */
export function TextArea({ label, hint, error, bare, ...rest }: Common & Omit<ComponentProps<"textarea">, "id">) {
  return (
    <Field label={label} hint={hint} error={error} bare={bare ?? false}>
      {(control) => <textarea {...rest} {...control} className={`input ${rest.className ?? ""}`} />}
    </Field>
  );
}

type SelectProps = Omit<ComponentProps<"select">, "id"> & { quiet?: boolean };

/** The browser's own select in our clothes, without a label of its own: give it aria-label. */
export function Select({ quiet = false, children, className = "", ...rest }: SelectProps & { id?: string }) {
  return (
    <span className={`select ${className}`} data-kind={quiet ? "quiet" : undefined}>
      <select {...rest}>{children}</select>
      <Icon of={ChevronDown} />
    </span>
  );
}

/** A select with its label. */
export function SelectField({ label, hint, error, bare, children, ...rest }: Common & SelectProps) {
  return (
    <Field label={label} hint={hint} error={error} bare={bare ?? false}>
      {(control) => (
        <Select {...rest} {...control}>
          {children}
        </Select>
      )}
    </Field>
  );
}

/** A box to tick, with its words. */
export function Check({ children, hint, ...rest }: { children: ReactNode; hint?: ReactNode } & Omit<ComponentProps<"input">, "type">) {
  return (
    <label className="option">
      <input {...rest} type="checkbox" className="check" />
      <span>
        {children}
        {hint && <small className="option-hint">{hint}</small>}
      </span>
    </label>
  );
}

/** A switch that acts at once. */
export function Switch({ label, ...rest }: { label: string } & Omit<ComponentProps<"input">, "type">) {
  return <input {...rest} type="checkbox" role="switch" className="switch" aria-label={label} aria-checked={rest.checked} />;
}

/** Words that stand for themselves, such as tags: typed, ended by Enter or a comma, removed by Backspace. */
export function WordsField(props: { label: string; words: string[]; onChange: (words: string[]) => void; hint?: ReactNode; error?: string | undefined; bare?: boolean; placeholder?: string }) {
  const [text, setText] = useState("");
  const add = () => {
    const fresh = text
      .split(",")
      .map((w) => w.trim())
      .filter((w) => w && !props.words.includes(w));
    if (fresh.length) props.onChange([...props.words, ...fresh]);
    setText("");
  };
  return (
    <Field label={props.label} hint={props.hint} error={props.error} bare={props.bare ?? false}>
      {(control) => (
        <span className="picker">
          {props.words.map((word) => (
            <span key={word} className="chip chip-word">
              {word}
              <button type="button" aria-label={t("app.remove", { name: word })} onClick={() => props.onChange(props.words.filter((w) => w !== word))}>
                <Icon of={X} small />
              </button>
            </span>
          ))}
          <input
            {...control}
            value={text}
            placeholder={props.words.length ? undefined : props.placeholder}
            onChange={(e) => setText(e.target.value)}
            onBlur={add}
            onKeyDown={(e) => {
              if (e.key === "Enter" || e.key === ",") {
                if (text.trim()) {
                  e.preventDefault();
                  add();
                }
              } else if (e.key === "Backspace" && !text) props.onChange(props.words.slice(0, -1));
            }}
          />
        </span>
      )}
    </Field>
  );
}
