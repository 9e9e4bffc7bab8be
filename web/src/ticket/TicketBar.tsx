import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Bell, BellOff, Check, Ellipsis, Forward, GitMerge, History, Link2, LogOut, Mail, PanelRight, Send, ShieldAlert, Trash2, Undo2, UserRound, Volume2, VolumeX } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call, client, once } from "@/api/client";
import type { Ticket } from "@/api/queries";
import { type Key, t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { type Action, useActions } from "@/app/shortcuts";
import { MacroButton } from "@/actions/MacroButton";
import { ShareButton } from "@/sharing/ShareButton";
import { StatusMark } from "@/tickets/Status";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Select } from "@/ui/Field";
import { Menu, MenuItem, MenuLine } from "@/ui/Menu";
import { Tip } from "@/ui/Tip";
import { toast } from "@/ui/toast";
import { explain } from "@/ui/states";
import { statuses } from "./api";
import { statusName } from "./describe";
import { markUnread } from "./seen";
import { type Save, act } from "./useSaver";

type Props = { ticket: Ticket; save: Save; onDetails: () => void; detailsOpen: boolean; onMerge: () => void; onHistory: () => void; onMails: () => void; onForward: (() => void) | undefined; onBack: () => void };

const offered = ["new", "open", "pending", "on_hold", "solved", "closed"];

/** The bar over a ticket: its status, sharing, solving, and everything else one may do with it. */
export function TicketBar({ ticket, save, onDetails, detailsOpen, onMerge, onHistory, onMails, onForward, onBack }: Props) {
  const { number, rights } = ticket;
  const me = useMe().person;
  const go = useNavigate();
  const router = useRouter();
  const search = useSearch({ strict: false });
  const [leaving, setLeaving] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const has = (right: string) => rights.includes(right);
  const done = ticket.status === "solved" || ticket.status === "closed";
  const path = { params: { path: { number }, header: once() } };
  const setStatus = (status: string) => save({ status: status as "open" }, { status, status_name: status }, status);
  const solve = async () => {
    const before = ticket.status;
    if (await setStatus("solved")) toast({ text: t("ticket.solved", { number }), undo: () => void setStatus(before === "closed" ? "open" : before) });
  };
  const assignMe = () => void save({ assignee_id: me.id }, { assignee: { id: me.id, name: me.name } }, me.name);
  const spam = () => void act(number, () => call(client.POST("/tickets/{number}/spam", path)), t("ticket.spam.done"), () => call(client.POST("/tickets/{number}/not-spam", { params: { path: { number }, header: once() } })));
  const notSpam = () => void act(number, () => call(client.POST("/tickets/{number}/not-spam", path)), t("ticket.spam.undone"));
  const restore = () => void act(number, () => call(client.POST("/tickets/{number}/restore", path)), t("ticket.restored"));
  const remove = async () => {
    await call(client.DELETE("/tickets/{number}", { params: { path: { number } } }));
    toast({ text: t("ticket.deleted", { number }), undo: () => call(client.POST("/tickets/{number}/restore", { params: { path: { number }, header: once() } })) });
    await go({ to: "/tickets", search });
  };
  const follows = ticket.followers.some((f) => f.id === me.id);
  const follow = () => void act(number, () => (follows ? call(client.DELETE("/tickets/{number}/follow", { params: { path: { number } } })) : call(client.POST("/tickets/{number}/follow", path))), t(follows ? "ticket.unfollow.done" : "ticket.follow.done"));
  const mute = () => void act(number, () => (ticket.muted ? call(client.DELETE("/tickets/{number}/mute", { params: { path: { number } } })) : call(client.POST("/tickets/{number}/mute", path))), t(ticket.muted ? "ticket.unmute.done" : "ticket.mute.done"));
  const leave = async () => {
    await call(client.POST("/tickets/{number}/leave", path));
    toast(t("ticket.left", { number }));
    await go({ to: "/tickets", search });
  };
  const copy = async () => {
    const address = location.origin + router.buildLocation({ to: "/tickets/$number", params: { number } }).href;
    await navigator.clipboard.writeText(address).then(() => toast(t("ticket.link_copied")), () => toast({ text: address }));
  };
  const unread = async () => {
    try {
      await markUnread(number);
      await go({ to: "/tickets", search });
      toast(t("ticket.marked_unread", { number }));
    } catch (error) {
      toast({ text: explain(error), error: true });
    }
  };
  const actions: Action[] = [{ id: "unread", label: "ticket.action.unread", keys: "shift+u", group: "ticket", run: () => void unread() }, ...(onForward ? [{ id: "forward", label: "ticket.forward.menu" as const, group: "ticket" as const, run: onForward }] : []), { id: "follow", label: follows ? "ticket.unfollow" : "ticket.follow", group: "ticket", run: follow }, { id: "mute", label: ticket.muted ? "ticket.unmute" : "ticket.mute", keys: "m", group: "ticket", run: mute }, { id: "copy-link", label: "ticket.action.copy", group: "ticket", run: () => void copy() }, { id: "history", label: "ticket.action.history", group: "ticket", run: onHistory }];
  if (has("status") && !done) actions.push({ id: "solve", label: "ticket.action.solve", keys: "e", group: "ticket", run: () => void solve() });
  if (has("assign") && ticket.assignee?.id !== me.id) actions.push({ id: "assign-me", label: "ticket.action.assign_me", keys: "i", group: "ticket", run: assignMe });
  if (has("merge")) actions.push({ id: "merge", label: "ticket.action.merge", group: "ticket", run: onMerge });
  useActions(actions);

  return (
    <div className="bar ticket-bar">
      <IconButton icon={ArrowLeft} label={t("ticket.action.back")} keys="u" className="ticket-back" onClick={onBack} />
      <StatusMark status={ticket.status} />
      {has("status") ? (
        <StatusSelect ticket={ticket} save={save} onStatus={setStatus} />
      ) : (
        <span className="strong">{statusName(ticket.status)}</span>
      )}
      <span className="meta mono">#{number}</span>
      {ticket.muted && (
        <Badge icon={VolumeX} title={t("ticket.muted_hint")}>
          {t("ticket.muted")}
        </Badge>
      )}
      <span className="push" />
      {(has("edit") || has("note") || has("reply") || has("share")) && <MacroButton number={number} />}
      <ShareButton number={number} />
      {has("status") && !done && (
        <Tip text={t("ticket.action.solve")} keys="e">
          <Button icon={Check} className="solve" onClick={() => void solve()}>
            {t("ticket.action.solve")}
          </Button>
        </Tip>
      )}
      {has("status") && done && (
        <Button icon={Undo2} onClick={() => void setStatus("open")}>
          {t("ticket.action.reopen")}
        </Button>
      )}
      <IconButton icon={PanelRight} label={t(detailsOpen ? "ticket.details.hide" : "ticket.details.show")} className="details-toggle" aria-expanded={detailsOpen} onClick={onDetails} />
      <Menu label={t("app.actions")} trigger={<IconButton icon={Ellipsis} label={t("app.actions")} />}>
        {has("assign") && ticket.assignee?.id !== me.id && (
          <MenuItem icon={UserRound} keys="i" onSelect={assignMe}>
            {t("ticket.action.assign_me")}
          </MenuItem>
        )}
        {has("merge") && (
          <MenuItem icon={GitMerge} onSelect={onMerge}>
            {t("ticket.action.merge_into")}
          </MenuItem>
        )}
        {onForward && (
          <MenuItem icon={Forward} onSelect={onForward}>
            {t("ticket.forward.menu")}
          </MenuItem>
        )}
        <MenuItem icon={follows ? BellOff : Bell} onSelect={follow}>
          {t(follows ? "ticket.unfollow" : "ticket.follow")}
        </MenuItem>
        <MenuItem icon={ticket.muted ? Volume2 : VolumeX} keys="m" onSelect={mute}>
          {t(ticket.muted ? "ticket.unmute" : "ticket.mute")}
        </MenuItem>
        <MenuItem icon={Mail} keys="shift+u" onSelect={() => void unread()}>
          {t("ticket.action.unread")}
        </MenuItem>
        <MenuItem icon={History} onSelect={onHistory}>
          {t("ticket.action.history")}
        </MenuItem>
        {has("see_internal") && (
          <MenuItem icon={Send} onSelect={onMails}>
            {t("app.mails")}
          </MenuItem>
        )}
        <MenuItem icon={Link2} onSelect={() => void copy()}>
          {t("ticket.action.copy")}
        </MenuItem>
        {(has("spam") || has("leave") || has("delete")) && <MenuLine />}
        {has("leave") && (
          <MenuItem icon={LogOut} onSelect={() => setLeaving(true)}>
            {t("ticket.action.leave")}
          </MenuItem>
        )}
        {has("spam") && (
          <MenuItem icon={ShieldAlert} onSelect={ticket.spam ? notSpam : spam}>
            {t(ticket.spam ? "ticket.action.not_spam" : "ticket.action.spam")}
          </MenuItem>
        )}
        {has("delete") &&
          (ticket.deleted ? (
            <MenuItem icon={Undo2} onSelect={restore}>
              {t("ticket.action.restore")}
            </MenuItem>
          ) : (
            <MenuItem icon={Trash2} danger onSelect={() => setDeleting(true)}>
              {t("ticket.action.delete")}
            </MenuItem>
          ))}
      </Menu>
      <Confirm open={leaving} onClose={() => setLeaving(false)} onConfirm={leave} title={t("ticket.leave.title")} action={t("ticket.action.leave")} danger={false}>
        <p>{t("ticket.leave.text")}</p>
      </Confirm>
      <Confirm open={deleting} onClose={() => setDeleting(false)} onConfirm={remove} title={t("ticket.delete.title", { number })} action={t("app.delete")}>
        <p>{t("ticket.delete.text")}</p>
      </Confirm>
    </div>
  );
}

/** The status, with the desk's own statuses under the one they belong to. */
function StatusSelect({ ticket, save, onStatus }: { ticket: Ticket; save: Save; onStatus: (status: string) => Promise<boolean> }) {
  const own = useQuery(statuses).data?.items ?? [];
  const now = own.find((s) => s.name === ticket.status_name);
  return (
    <Select
      quiet
      className="status-select"
      aria-label={t("ticket.field.status" as Key)}
      value={now ? `#${now.id}` : ticket.status}
      onChange={(e) => {
        const id = Number(e.target.value.slice(1));
        const chosen = e.target.value.startsWith("#") ? own.find((s) => s.id === id) : undefined;
        if (chosen) void save({ status_id: id }, { status: chosen.status, status_name: chosen.name }, chosen.name);
        else void onStatus(e.target.value);
      }}
    >
      {offered
        .filter((s) => (s !== "new" && s !== "closed") || s === ticket.status)
        .map((s) => [
          <option key={s} value={s}>
            {statusName(s)}
          </option>,
          ...own.filter((o) => o.status === s).map((o) => (
            <option key={o.id} value={`#${o.id}`}>
              {o.name}
            </option>
          )),
        ])}
    </Select>
  );
}
