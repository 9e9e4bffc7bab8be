import { t, known } from "@/app/i18n";

// Permissions in groups, each with words of its own.

/** The groups of permissions, in the order they are shown. What the server adds and no group names comes last. */
const groups = {
  tickets: ["tickets.create", "tickets.reply", "tickets.note", "notes.read", "tickets.edit", "tickets.assign", "tickets.forward", "tickets.merge", "tickets.delete", "tickets.spam", "tickets.export"],
  sharing: ["tickets.share", "shares.manage"],
  people: ["people.manage", "roles.manage", "groups.manage", "people.erase", "security.manage"],
  desk: ["settings.manage", "inboxes.manage", "fields.manage", "views.manage", "snippets.manage", "macros.manage"],
  connect: ["tokens.manage", "webhooks.manage", "partners.manage", "rules.manage", "jobs.manage", "audit.read"],
} as const;

/** grouped puts permissions into their groups; empty groups are left out. */
export function grouped(list: readonly string[]): { name: string; permissions: string[] }[] {
  const inGroups = Object.values(groups).flat() as string[];
  const sorted: [string, readonly string[]][] = [...Object.entries(groups), ["other", list.filter((p) => !inGroups.includes(p))]];
  return sorted.map(([name, all]) => ({ name: groupName(name), permissions: all.filter((p) => list.includes(p)) })).filter((g) => g.permissions.length > 0);
}

function groupName(name: string): string {
  const key = `admin.rights.${name}`;
  return known(key) ? t(key) : t("admin.rights.other");
}

/** The name of a permission in words. */
export function rightName(permission: string): string {
  const key = `admin.right.${permission}`;
  return known(key) ? t(key) : permission;
}

/** What a permission lets somebody do. */
export function rightHelp(permission: string): string {
  const key = `admin.right_help.${permission}`;
  return known(key) ? t(key) : "";
}

type BoxesProps = { all: string[]; chosen: string[]; own: string[]; disabled: boolean; onChange: (chosen: string[]) => void };

/** Boxes for all permissions. One that who looks at it lacks can neither be given nor taken away. */
export function RightBoxes({ all, chosen, own, disabled, onChange }: BoxesProps) {
  return (
    <div className="adm-rights">
      {grouped(all).map((g) => (
        <fieldset key={g.name}>
          <legend className="vh">{g.name}</legend>
          <h3 aria-hidden="true">
            {g.name}
            <span className="meta num">
              {g.permissions.filter((p) => chosen.includes(p)).length}/{g.permissions.length}
            </span>
          </h3>
          <div className="adm-rights-list">
            {g.permissions.map((p) => (
              <label key={p} className="option">
                <input
                  type="checkbox"
                  className="check"
                  value={p}
                  checked={chosen.includes(p)}
                  disabled={disabled || !own.includes(p)}
                  onChange={(e) => onChange(e.target.checked ? all.filter((a) => a === p || chosen.includes(a)) : chosen.filter((c) => c !== p))}
                />
                <span>
                  {rightName(p)}
                  <small className="option-hint">{disabled || own.includes(p) ? rightHelp(p) : t("admin.right_not_own")}</small>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}
