import { Combobox } from "@base-ui/react/combobox";
import { useQuery } from "@tanstack/react-query";
import { Check, CircleAlert, X } from "lucide-react";
import { type ClipboardEvent, type RefObject, useEffect, useId, useRef, useState } from "react";
import { t, tn } from "@/app/i18n";
import { Avatar } from "@/ui/Avatar";
import { Icon } from "@/ui/Icon";
import { explain } from "@/ui/states";
import { findTargets, targets } from "./api";
import { type Choice, isAddress, isOutside, keyOf, isPartner, levelName, marks, matches, nearness, parseAddresses, shapeOf } from "./model";

type PickerProps = {
  /** The ticket, to be told who has access already; 0 for many. */
  number: number;
  chosen: Choice[];
  onChange: (chosen: Choice[]) => void;
  /** What is wrong with chips, by keyOf. */
  faults: Record<string, string>;
  inputRef: RefObject<HTMLInputElement | null>;
  label: string;
  /** Targets with a share are what is looked for: nobody is disabled. */
  ending?: boolean;
  /** Leaves out of what is found those who are not meant here. */
  only?: (choice: Choice) => boolean;
};

const sections = [
  { kind: "agent", label: "sharing.picker.agents" },
  { kind: "group", label: "sharing.picker.groups" },
  { kind: "requester", label: "sharing.picker.requesters" },
  { kind: "partner", label: "sharing.picker.partners" },
] as const;

/** useSlow gives a value once it has stood still, so that typing does not ask at every key. */
function useSlow(value: string, ms: number): string {
  const [slow, setSlow] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(value), value ? ms : 0);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return slow;
}

/** taken says why somebody cannot be chosen: they have what a share could give. */
const taken = (c: Choice) => c.shared || c.access === "full";

/** none says that nobody is found, and where the desk has a policy that it may be why. */
const none = (text: string, limited = false) =>
  [isAddress(text) ? t("sharing.picker.no_address") : t("sharing.picker.none"), limited ? t("sharing.picker.limited") : ""].filter(Boolean).join(" ");

/** The picker: agents, groups, partners and, where the desk allows it, requesters become chips. Search is done by the server. */
export function Picker({ number, chosen, onChange, faults, inputRef, label, ending = false, only }: PickerProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [pasting, setPasting] = useState("");
  const search = useSlow(text.trim(), 120);
  const found = useQuery({ ...targets(search, number), enabled: open });
  const late = search !== text.trim() || found.isPlaceholderData || found.isPending;
  // Until the answer to what is typed is there, no more is shown of the one before than fits: Enter never takes another.
  const items = (found.data?.items ?? []).filter((c) => (!late || matches(c, text)) && (!only || only(c)));
  // Whoever is called what was typed stands first, and who has access already last, so that Enter takes who is meant.
  const off = (c: Choice) => !ending && taken(c);
  const near = (c: Choice) => nearness(c, text);
  const groups = [
    ...sections
      .map((s) => ({ ...s, items: items.filter((c) => c.kind === s.kind && !off(c)).toSorted((a, b) => near(a) - near(b)) }))
      .toSorted((a, b) => (a.items[0] ? near(a.items[0]) : 3) - (b.items[0] ? near(b.items[0]) : 3)),
    { kind: "taken", label: "sharing.picker.taken" as const, items: items.filter(off) },
  ].filter((s) => s.items.length > 0);
  const status = found.error ? explain(found.error) : late ? t("app.loading") : items.length > 0 ? tn("sharing.picker.found", items.length) : "";

  const paste = async (e: ClipboardEvent) => {
    const read = parseAddresses(e.clipboardData.getData("text"));
    if (read.addresses.length === 0 || read.addresses.length + read.rest.length < 2) return;
    e.preventDefault();
    setPasting(t("app.loading"));
    const { fresh, missing } = await lookUp(read.addresses, number, ending);
    const known = new Set(chosen.map(keyOf));
    onChange([...chosen, ...fresh.filter((c) => !known.has(keyOf(c)))]);
    const left = [...missing, ...read.rest];
    setText(left.join(", "));
    setPasting(left.length > 0 ? tn("sharing.picker.not_found", left.length) : "");
  };
  const faulty = chosen.map((c) => faults[keyOf(c)]).filter(Boolean);
  const message = pasting || (faulty.length > 0 ? faulty.join(" ") : "");

  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <Combobox.Root
        multiple
        items={groups}
        filter={null}
        value={chosen}
        isItemEqualToValue={(a: Choice, b: Choice) => keyOf(a) === keyOf(b)}
        itemToStringLabel={(c: Choice) => c.name}
        inputValue={text}
        onInputValueChange={(value, details) => {
          // Only typing changes the text: what is not chosen yet is not lost when the list closes.
          if (details.reason !== "input-change") return;
          setText(value);
          setPasting("");
        }}
        open={open}
        onOpenChange={(next) => setOpen(next)}
        openOnInputClick={false}
        autoHighlight
        onValueChange={(next, details) => {
          if (details.reason === "escape-key") {
            // Escape closes the dialog and leaves the chips: whoever presses it meant no more than that.
            details.cancel();
            details.allowPropagation();
            return;
          }
          onChange(next as Choice[]);
          setText("");
        }}
      >
        <Combobox.Chips className="picker" ref={box} aria-label={chosen.length > 0 ? t("sharing.picker.chosen") : undefined}>
          {chosen.map((c) => (
            <Combobox.Chip
              key={keyOf(c)}
              className="chip"
              aria-label={isPartner(c) ? t("sharing.picker.chip_partner", { name: c.name }) : isOutside(c) ? t("sharing.picker.chip_outside", { name: c.name }) : c.name}
              aria-description={t("sharing.picker.chip_hint")}
              aria-invalid={faults[keyOf(c)] ? true : undefined}
              data-outside={isOutside(c) || undefined}
            >
              <Avatar name={c.name} kind={shapeOf(c.kind)} size="sm" outside={isOutside(c)} />
              <span className="clip">{c.name}</span>
              {c.kind === "group" && <small>{c.members}</small>}
              {isOutside(c) && <small data-tone="out">{outsideName(c)}</small>}
              <Combobox.ChipRemove aria-label={t("app.remove", { name: c.name })}>
                <Icon of={X} small />
              </Combobox.ChipRemove>
            </Combobox.Chip>
          ))}
          <Combobox.Input
            ref={inputRef}
            id={id}
            placeholder={chosen.length > 0 ? "" : t("sharing.picker.placeholder")}
            aria-describedby={message ? `${id}-message` : undefined}
            aria-invalid={message ? true : undefined}
            aria-description={chosen.length > 0 ? tn("sharing.picker.count", chosen.length) : undefined}
            onPaste={(e) => void paste(e)}
          />
        </Combobox.Chips>
        <Combobox.Portal>
          <Combobox.Positioner className="pop" anchor={box} sideOffset={5} collisionPadding={8} align="start">
            <Combobox.Popup className="menu share-found" aria-busy={late || undefined}>
              <Combobox.Status className="vh">{status}</Combobox.Status>
              <Combobox.Empty>
                {!late && !found.error && <p className="share-none">{none(text, found.data?.limited)}</p>}
                {late && items.length === 0 && <p className="share-none">{t("app.loading")}</p>}
                {found.error && <p className="share-none">{explain(found.error)}</p>}
              </Combobox.Empty>
              <Combobox.List>
                {(group: (typeof groups)[number]) => (
                  <Combobox.Group key={group.kind} items={group.items}>
                    <Combobox.GroupLabel className="group-label menu-label">{t(group.label)}</Combobox.GroupLabel>
                    <Combobox.Collection>{(c: Choice) => <Found key={keyOf(c)} choice={c} search={search} off={off(c)} />}</Combobox.Collection>
                  </Combobox.Group>
                )}
              </Combobox.List>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
      {message && (
        <p className="error" data-tone="danger" id={`${id}-message`} role="status">
          <Icon of={CircleAlert} small />
          {message}
        </p>
      )}
    </div>
  );
}

const outsideName = (c: Choice) => t(isPartner(c) ? "sharing.partner" : "sharing.outside");

/** One line of the list: who it is, and what they have already. */
function Found({ choice, search, off }: { choice: Choice; search: string; off: boolean }) {
  const second = choice.kind === "group" ? tn("sharing.agents", choice.members ?? 0) : (choice.address ?? "");
  const lit = (text: string) => marks(text, search).map(([part, hit], i) => (hit ? <mark key={i}>{part}</mark> : part));
  return (
    <Combobox.Item value={choice} disabled={off} className="person">
      <Avatar name={choice.name} kind={shapeOf(choice.kind)} outside={isOutside(choice)} />
      <span className="grow">
        <span className="clip strong">{lit(choice.name)}</span>
        <span className="meta clip">{choice.kind === "group" ? second : lit(second)}</span>
      </span>
      {choice.shared && isPartner(choice) && <span className="meta">{t("sharing.picker.partner_has")}</span>}
      {choice.access && <span className="meta">{t("sharing.picker.already", { level: levelName(choice.access) })}</span>}
      {isOutside(choice) && !choice.access && !choice.shared && <span className="meta">{outsideName(choice)}</span>}
      <Combobox.ItemIndicator>
        <Icon of={Check} />
      </Combobox.ItemIndicator>
    </Combobox.Item>
  );
}

/** lookUp finds people by their whole addresses. */
async function lookUp(addresses: string[], number: number, ending: boolean): Promise<{ fresh: Choice[]; missing: string[] }> {
  const one = async (address: string) => {
    try {
      const { items } = await findTargets(address, number, 5);
      return items.find((c) => c.address?.toLowerCase() === address && (ending || !taken(c)));
    } catch {
      return undefined;
    }
  };
  const found: (Choice | undefined)[] = [];
  for (let i = 0; i < addresses.length; i += 5) {
    // oxlint-disable-next-line no-await-in-loop -- five at a time, so that a long list is no storm
    found.push(...(await Promise.all(addresses.slice(i, i + 5).map(one))));
  }
  return { fresh: found.filter((c) => c !== undefined), missing: addresses.filter((_, i) => !found[i]) };
}
