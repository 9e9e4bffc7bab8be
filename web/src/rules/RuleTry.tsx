import { useMutation } from "@tanstack/react-query";
import { Check, FlaskConical, Minus, Search, X } from "lucide-react";
import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { kindName } from "@/actions/names";
import { known, number, t, tn } from "@/app/i18n";
import { type Tone, Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { Fault, faultOf } from "@/ui/FormDialog";
import { Icon } from "@/ui/Icon";
import { type Done, type Trial, type Tried, type Why, tryRule } from "./api";
import type { Draft } from "./model";
import { placeWords } from "./places";
import { Marked } from "./RuleAside";
import type { Names } from "./words";

/** Tries the rule as it stands on the screen: against one ticket, or against the last hundred. Nothing happens by it. */
export function RuleTry({ draft, ready, names }: { draft: Draft; ready: boolean; names: Names }) {
  const [ticket, setTicket] = useState("");
  const trial = useMutation({ mutationFn: async (wish: { draft: Draft; ticket: number }) => ({ ...(await tryRule(wish.draft, wish.ticket)), ...wish }) });
  const reason = ready ? undefined : t("rules.try.not_ready");
  const wanted = Number(ticket.trim().replace(/^#/, ""));
  const old = trial.data && JSON.stringify(trial.data.draft) !== JSON.stringify(draft);
  return (
    <section className="rule-try" aria-label={t("rules.try")}>
      <div className="section-head">
        <h2>{t("rules.try")}</h2>
        <Button size="sm" className="push" icon={FlaskConical} busy={trial.isPending && trial.variables.ticket === 0} reason={reason} onClick={() => trial.mutate({ draft, ticket: 0 })}>
          {t("rules.try.last")}
        </Button>
      </div>
      <form
        className="rule-try-one"
        onSubmit={(e) => {
          e.preventDefault();
          if (!reason && wanted > 0) trial.mutate({ draft, ticket: wanted });
        }}
      >
        <TextField bare label={t("rules.try.ticket")} placeholder={t("rules.try.ticket")} inputMode="numeric" value={ticket} maxLength={16} error={faultOf(trial.error, "ticket")} onChange={(e) => setTicket(e.target.value)} />
        <Button type="submit" icon={Search} busy={trial.isPending && trial.variables.ticket > 0} reason={reason ?? (wanted > 0 ? undefined : t("rules.try.which"))}>
          {t("rules.try.go")}
        </Button>
      </form>
      {reason && <p className="hint">{reason}</p>}
      <Fault error={trial.error} fields={["ticket"]} />
      <div role="status">{trial.data && <Summary of={trial.data} one={trial.data.ticket > 0} old={!!old} />}</div>
      {trial.data && <Results of={trial.data} one={trial.data.ticket > 0} draft={trial.data.draft} names={names} />}
    </section>
  );
}

function Summary({ of, one, old }: { of: Trial; one: boolean; old: boolean }) {
  const text = one ? t(of.matched > 0 ? "rules.try.matches" : "rules.try.matches_not") : tn("rules.try.count", of.matched, { examined: number(of.examined) });
  return (
    <>
      <p className="rule-try-sum">
        <b>{text}</b> {old && <span className="meta">{t("rules.try.old")}</span>}
      </p>
      {!one && of.examined > 0 && (
        <div className="progress" style={{ "--value": `${(100 * of.matched) / of.examined}%` } as React.CSSProperties}>
          <i />
        </div>
      )}
    </>
  );
}

function Results({ of, one, draft, names }: { of: Trial; one: boolean; draft: Draft; names: Names }) {
  const [all, setAll] = useState(false);
  const fit = of.tickets.filter((x) => x.matched);
  const rest = of.tickets.filter((x) => !x.matched);
  const shown = one || all ? of.tickets : fit;
  return (
    <>
      <ul className="rule-tried">
        {shown.map((x) => (
          <li key={x.number}>
            <OneTried of={x} open={one} draft={draft} names={names} />
          </li>
        ))}
      </ul>
      {!one && rest.length > 0 && (
        <Button size="sm" kind="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("rules.try.only") : tn("rules.try.rest", rest.length)}
        </Button>
      )}
    </>
  );
}

function OneTried({ of: x, open, draft, names }: { of: Tried; open: boolean; draft: Draft; names: Names }) {
  return (
    <details open={open} className="rule-tried-one">
      <summary>
        <span className="rule-mark" data-tone={x.matched ? "ok" : "neutral"}>
          <Icon of={x.matched ? Check : Minus} small />
          <span className="vh">{t(x.matched ? "rules.outcome.matched" : "rules.outcome.not_matched")}</span>
        </span>
        <span className="grow">
          <span className="clip">{x.visible ? x.subject : t("desk.hidden_ticket")}</span>
          {x.visible && <span className="meta">#{x.number}</span>}
        </span>
      </summary>
      {x.visible && (
        <p>
          <Link className="a" to="/tickets/$number" params={{ number: x.number }} search={{ view: "all" }}>
            {t("rules.try.open", { number: x.number })}
          </Link>
        </p>
      )}
      <Reasons of={x.why} draft={draft} names={names} />
      <WouldDo of={x.actions} />
    </details>
  );
}

/** Which parts of a rule held, and which did not. */
export function Reasons({ of, draft, names }: { of: Why[] | null; draft: Draft; names: Names }) {
  if (!of?.length) return null;
  return (
    <ul className="rule-why">
      {of.map((w) => (
        <li key={w.place}>
          <span className="rule-mark" data-tone={w.holds ? "ok" : "danger"}>
            <Icon of={w.holds ? Check : X} small />
            <span className="vh">{t(w.holds ? "rules.holds" : "rules.holds_not")}</span>
          </span>
          <span>
            <Marked text={placeWords(w.place, draft, names)} />
          </span>
        </li>
      ))}
    </ul>
  );
}

const tones: Record<string, Tone> = { done: "ok", failed: "danger", skipped: "neutral" };

/** reasonName says why an action was left out: the server's word for programs, or its sentence. */
const reasonName = (reason: string) => (known(`rules.reason.${reason}`) ? t(`rules.reason.${reason}` as "rules.reason.gone") : reason);

/** What was done, or would be. */
export function WouldDo({ of }: { of: Done[] | null }) {
  if (!of?.length) return null;
  return (
    <ul className="rule-why">
      {of.map((d, i) => {
        const key = `rules.done.${d.outcome}`;
        return (
          // oxlint-disable-next-line react/no-array-index-key -- an action is its place
          <li key={i}>
            <Badge tone={tones[d.outcome] ?? "accent"}>{known(key) ? t(key) : d.outcome}</Badge>
            <span>
              {d.what || kindName(d.do)}
              {d.reason && <span className="meta"> {reasonName(d.reason)}</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
