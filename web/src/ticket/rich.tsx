import { Fragment, type ReactNode } from "react";
import { type Key, t } from "@/app/i18n";

/** rich is t with drawn parts in the place of placeholders: `rich("ticket.event.solved", { who: <b>Ada</b> })`. */
export function rich(key: Key, args: Record<string, ReactNode>): ReactNode {
  return t(key)
    .split(/(\{\w+\})/)
    .map((part, i) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      return <Fragment key={i}>{name && name in args ? args[name] : part}</Fragment>;
    });
}
