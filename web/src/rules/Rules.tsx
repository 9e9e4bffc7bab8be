import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowDown, ArrowUp, Copy, GripVertical, Pencil, Plus, Trash2, TriangleAlert } from "lucide-react";
import { type DragEvent, useState } from "react";
import { queries } from "@/api/queries";
import { moved } from "@/actions/model";
import { useKeptFocus } from "@/actions/useKeptFocus";
import { t, tn } from "@/app/i18n";
import { Missing } from "@/app/Missing";
import { RowMenu, useDo } from "@/desk/parts";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Switch } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { MenuItem, MenuLine } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { When } from "@/ui/When";
import { Empty, Failed, Skeleton, explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { changeRule, copyRule, dropRule, orderRules, refreshRules, rulesKey, rulesOf } from "./api";
import { type Kind, type Rule, isKind, pathOf } from "./model";
import "./rules.css";

/** The rules of one kind, in the order in which they are asked. */
export function Rules() {
  const { kind } = useParams({ strict: false }) as { kind?: string };
  return isKind(kind) ? <RuleList key={kind} kind={kind} /> : <Missing />;
}

function RuleList({ kind }: { kind: Kind }) {
  const list = useQuery(rulesOf(kind));
  const go = useNavigate();
  const rows = list.data ?? [];
  const [gone, setGone] = useState<Rule>();
  const order = useOrder(kind);
  const kept = useKeptFocus<HTMLOListElement>(rows);
  const [said, setSaid] = useState("");
  const step = (from: number, to: number) => {
    kept.keep(to, to < from ? "up" : "down");
    order.moveTo(from, to);
    setSaid(t("rules.moved", { name: rows[from]?.name ?? "", at: to + 1, count: rows.length }));
  };
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => void go({ to: `${pathOf(kind)}/new` as "/admin" })}>
      {t("rules.add")}
    </Button>
  );
  return (
    <Page title={t(`app.admin.rules.${kind}`)} lead={t(`rules.lead.${kind}`)} actions={add}>
      {list.isPending && <Skeleton lines={5} height={32} />}
      {list.error && !list.data && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && (
        <Empty title={t("rules.empty")} action={add}>
          {t(`rules.empty_text.${kind}`)}
        </Empty>
      )}
      {rows.length > 0 && (
        <ol ref={kept.ref} className="rule-list" aria-label={t(`app.admin.rules.${kind}`)}>
          {rows.map((rule, i) => (
            <RuleLine key={rule.id} rule={rule} at={i} last={rows.length - 1} order={order} step={step} onDelete={() => setGone(rule)} />
          ))}
        </ol>
      )}
      <p className="vh" role="status">
        {said}
      </p>
      <Confirm
        open={!!gone}
        onClose={() => setGone(undefined)}
        title={t("rules.delete", { name: gone?.name ?? "" })}
        action={t("app.delete")}
        onConfirm={async () => {
          if (gone) await dropRule(gone.id);
          await refreshRules();
        }}
      >
        <p>{t("rules.delete_text")}</p>
      </Confirm>
    </Page>
  );
}

type Order = { moveTo: (from: number, to: number) => void; dragged: number | undefined; over: number | undefined; onDrag: (at: number | undefined) => void; onOver: (at: number | undefined) => void };

/** useOrder moves a rule at once and tells the server; a failure puts it back. */
function useOrder(kind: Kind): Order {
  const key = rulesOf(kind).queryKey;
  const [dragged, onDrag] = useState<number>();
  const [over, onOver] = useState<number>();
  const save = useMutation({
    mutationFn: (rows: Rule[]) => orderRules(kind, rows.map((r) => r.id)),
    onMutate: (rows) => {
      const before = queries.getQueryData<Rule[]>(key);
      queries.setQueryData(key, rows);
      return before;
    },
    onError: (error, _rows, before) => {
      queries.setQueryData(key, before);
      toast({ text: explain(error), error: true });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: rulesKey }),
  });
  const moveTo = (from: number, to: number) => {
    const rows = queries.getQueryData<Rule[]>(key) ?? [];
    if (from !== to && rows[from]) save.mutate(moved(rows, from, to));
  };
  return { moveTo, dragged, over, onDrag, onOver };
}

function RuleLine({ rule, at, last, order, step, onDelete }: { rule: Rule; at: number; last: number; order: Order; step: Order["moveTo"]; onDelete: () => void }) {
  const go = useNavigate();
  const doIt = useDo(rulesKey);
  const to = `${pathOf(rule.kind)}/${rule.id}`;
  const copy = () =>
    doIt(async () => {
      const made = await copyRule(rule.id);
      toast({ text: t("rules.copied", { name: made.name }), action: { label: t("rules.open"), run: () => void go({ to: `${pathOf(rule.kind)}/${made.id}` as "/admin" }) } });
    });
  const drop = (e: DragEvent) => {
    e.preventDefault();
    if (order.dragged !== undefined) order.moveTo(order.dragged, at);
    order.onDrag(undefined);
    order.onOver(undefined);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dragging is an extra beside the buttons
    <li
      className="rule-line"
      data-off={!rule.enabled || undefined}
      data-dragged={order.dragged === at || undefined}
      data-over={(order.over === at && order.dragged !== at && (order.dragged ?? 0) < at ? "after" : order.over === at && order.dragged !== at ? "before" : undefined) as string | undefined}
      onDragOver={(e) => {
        if (order.dragged === undefined) return;
        e.preventDefault();
        order.onOver(at);
      }}
      onDrop={drop}
    >
      <span
        className="rule-grip"
        aria-hidden="true"
        title={t("rules.drag")}
        draggable
        onDragStart={(e) => {
          e.dataTransfer.effectAllowed = "move";
          e.dataTransfer.setData("text/plain", rule.name);
          const line = e.currentTarget.closest("li");
          if (line) e.dataTransfer.setDragImage(line, 10, 20);
          order.onDrag(at);
        }}
        onDragEnd={() => (order.onDrag(undefined), order.onOver(undefined))}
      >
        <Icon of={GripVertical} />
      </span>
      <Switch label={t("rules.enabled", { name: rule.name })} checked={rule.enabled} onChange={() => void doIt(() => changeRule(rule.id, rule.version, { enabled: !rule.enabled }), t(rule.enabled ? "rules.turned_off" : "rules.turned_on", { name: rule.name }))} />
      <span className="rule-name">
        <Link to={to as "/admin"}>{rule.name}</Link>
        {rule.description && <span className="meta rule-about">{rule.description}</span>}
        <span className="meta rule-facts">
          {rule.updated_by ? t("rules.changed_by", { name: rule.updated_by.name }) : t("rules.changed")} <When at={rule.updated_at} as="ago" />
          {rule.confined && rule.author && <Badge>{t("rules.confined", { name: rule.author.name })}</Badge>}
          {(rule.warnings ?? []).length > 0 && (
            <Badge tone="warn" icon={TriangleAlert}>
              {tn("rules.warnings", rule.warnings.length)}
            </Badge>
          )}
        </span>
      </span>
      <Link className="rule-count" to={to as "/admin"} search={{ tab: "log" } as never}>
        {tn("rules.matched", rule.matched_7_days)}
      </Link>
      <span className="rule-acts">
        <IconButton icon={ArrowUp} label={t("rules.up", { name: rule.name })} data-move="up" disabled={at === 0} onClick={() => step(at, at - 1)} />
        <IconButton icon={ArrowDown} label={t("rules.down", { name: rule.name })} data-move="down" disabled={at === last} onClick={() => step(at, at + 1)} />
        <RowMenu name={rule.name}>
          <MenuItem icon={Pencil} onSelect={() => void go({ to: to as "/admin" })}>
            {t("app.edit")}
          </MenuItem>
          <MenuItem icon={Copy} onSelect={() => void copy()}>
            {t("rules.copy")}
          </MenuItem>
          <MenuLine />
          <MenuItem icon={Trash2} danger onSelect={onDelete}>
            {t("app.delete")}
          </MenuItem>
        </RowMenu>
      </span>
    </li>
  );
}
