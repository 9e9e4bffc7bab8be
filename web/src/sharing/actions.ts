import { useQueryClient } from "@tanstack/react-query";
import { type Share, shares } from "@/api/queries";
import { t, tn } from "@/app/i18n";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { type NewShare, type SharePatch, type TicketShare, addShares, changeShare, endShare, leaveTicket } from "./api";

const canNow = { view: "sharing.toast.view", comment: "sharing.toast.comment", edit: "sharing.toast.edit" } as const;

/**
 * useShareActions gives what can be done to a ticket's shares. Each shows at once, goes back with a message when it is
 * refused, and says what was done with Undo where that is possible.
 */
export function useShareActions(number: number) {
  const cache = useQueryClient();
  const key = shares(number).queryKey;
  const draw = (edit: (list: Share[]) => Share[]) => cache.setQueryData(key, (old) => old && { ...old, items: edit(old.items) });
  const settle = () => {
    void cache.invalidateQueries({ queryKey: ["ticket", number] });
    void cache.invalidateQueries({ queryKey: ["tickets"] });
  };

  /** attempt draws a change, carries it out, and takes it back when it fails. It says whether it succeeded. */
  async function attempt(edit: (list: Share[]) => Share[], act: () => Promise<unknown>): Promise<boolean> {
    await cache.cancelQueries({ queryKey: key });
    const before = cache.getQueryData(key);
    draw(edit);
    try {
      await act();
      return true;
    } catch (error) {
      cache.setQueryData(key, before);
      toast({ text: explain(error), error: true });
      return false;
    } finally {
      settle();
    }
  }

  async function end(list: readonly Share[], text: string) {
    const ids = new Set(list.map((s) => s.id));
    const done = await attempt(
      (all) => all.filter((s) => !ids.has(s.id)),
      () => Promise.all(list.map((s) => endShare(number, s.id))),
    );
    if (done) toast(text);
    return done;
  }

  return {
    /** add shares with new targets. It throws what the server refuses, so that the dialog can say where. */
    async add(body: TicketShare) {
      const before = new Set((cache.getQueryData(key)?.items ?? []).map((s) => s.id));
      const answer = await addShares(number, body);
      const made = answer.items;
      draw((all) => [...all.filter((s) => !made.some((m) => m.id === s.id)), ...made]);
      settle();
      if (made.length === 0 && answer.partners.length > 0) {
        // Nothing takes back what another desk has got: ending it is an act of its own.
        toast(tn("sharing.toast.partners", answer.partners.length));
        return made;
      }
      const fresh = made.filter((s) => !before.has(s.id));
      const names = made.map((s) => s.target.name);
      toast({
        text: names.length === 1 ? t("sharing.toast.shared", { name: names[0]! }) : tn("sharing.toast.shared_many", names.length),
        ...(fresh.length > 0 ? { undo: () => void end(fresh, tn("sharing.toast.share_undone", fresh.length)) } : {}),
      });
      return made;
    },

    /** change sets a level, a flag or an end at once. */
    async change(share: Share, patch: SharePatch) {
      const send = (with_: SharePatch) =>
        attempt(
          (all) => all.map((s) => (s.id === share.id ? { ...s, ...with_ } : s)),
          () => changeShare(number, share.id, with_),
        );
      const done = await send(patch);
      if (done) {
        const back = Object.fromEntries(Object.keys(patch).map((k) => [k, share[k as keyof Share]])) as SharePatch;
        toast({
          text: t(patch.level ? canNow[patch.level] : "sharing.toast.changed", { name: share.target.name }),
          undo: () => void send(back),
        });
      }
      return done;
    },

    /** remove ends one share. Undo shares again at the same terms. */
    async remove(share: Share, text: string) {
      const done = await attempt(
        (all) => all.filter((s) => s.id !== share.id),
        () => endShare(number, share.id),
      );
      if (!done) return false;
      const { level, see_internal, reply_public, forward, can_reshare, reason, expires_at, target } = share;
      const again: NewShare =
        target.kind === "requester"
          ? { targets: [named(target)], level, reason, expires_at }
          : { targets: [named(target)], level, see_internal, reply_public, forward, can_reshare, reason, expires_at };
      toast({
        text,
        undo: async () => {
          try {
            const made = (await addShares(number, again)).items;
            draw((all) => [...all, ...made]);
            toast(t("sharing.toast.again", { name: target.name }));
          } catch (error) {
            toast({ text: explain(error), error: true });
          }
          settle();
        },
      });
      return true;
    },

    /** leave ends one's own share. */
    async leave() {
      try {
        await leaveTicket(number);
        toast(t("sharing.toast.left"));
        return true;
      } catch (error) {
        toast({ text: explain(error), error: true });
        return false;
      } finally {
        settle();
      }
    },
  };
}

const named = (target: Share["target"]) => ({ kind: target.kind, id: target.id });
