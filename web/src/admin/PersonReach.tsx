import { t } from "@/app/i18n";
import { useMe } from "@/app/session";
import { Check } from "@/ui/Field";
import type { Group, Named, Person, Role } from "./api";
import type { Draft } from "./Person";
import { roleName } from "./Roles";
import { PickList } from "./ui";

type Props = {
  now: Person;
  set: (change: Draft) => void;
  about: (field: string) => string;
  lists: { roles: Role[]; groups: Group[]; brands: Named[]; inboxes: Named[] };
  disabled: boolean;
};

const scopes = ["global", "group", "restricted"] as const;

/** What an agent may do (roles) and see (scope, brands, inboxes, groups). */
export function PersonReach({ now, set, about, lists, disabled }: Props) {
  const may = useMe().permissions;
  return (
    <div className="form">
      <div className="adm-pair">
        <PickList
          legend={t("admin.people.roles")}
          hint={may.includes("roles.manage") ? t("admin.person.roles_hint") : t("admin.person.roles_not")}
          error={about("roles")}
          disabled={disabled || !may.includes("roles.manage")}
          options={lists.roles.map((r) => {
            const more = !(r.permissions ?? []).every((p) => may.includes(p));
            return { id: r.id, name: roleName(r), off: more, ...(more ? { hint: t("admin.person.role_more") } : {}) };
          })}
          chosen={now.roles ?? []}
          onChange={(roles) => set({ roles })}
        />
        <PickList
          legend={t("admin.people.groups")}
          hint={may.includes("groups.manage") ? t("admin.person.groups_hint") : t("admin.person.groups_not")}
          error={about("groups")}
          disabled={disabled || !may.includes("groups.manage")}
          options={lists.groups}
          chosen={now.groups ?? []}
          onChange={(groups) => set({ groups })}
        />
      </div>
      <fieldset className="adm-radios" disabled={disabled}>
        <legend className="label">{t("admin.person.scope")}</legend>
        {scopes.map((s) => (
          <label key={s} className="option">
            <input type="radio" className="check" name="scope" checked={(now.scope ?? "restricted") === s} onChange={() => set({ scope: s })} />
            <span>
              {t(`admin.scope.${s}`)}
              <small className="option-hint">{t(`admin.scope_hint.${s}`)}</small>
            </span>
          </label>
        ))}
        {about("scope") && <p className="adm-error" data-tone="danger">{about("scope")}</p>}
      </fieldset>
      <div className="adm-pair">
        <div className="form">
          <Check checked={now.all_brands ?? false} disabled={disabled} onChange={(e) => set({ all_brands: e.target.checked })}>
            {t("admin.person.all_brands")}
          </Check>
          {!now.all_brands && <PickList legend={t("admin.person.brands")} error={about("brands")} disabled={disabled} options={lists.brands} chosen={now.brands ?? []} onChange={(brands) => set({ brands })} />}
        </div>
        <div className="form">
          <Check checked={now.all_inboxes ?? false} disabled={disabled} onChange={(e) => set({ all_inboxes: e.target.checked })}>
            {t("admin.person.all_inboxes")}
          </Check>
          {!now.all_inboxes && <PickList legend={t("admin.person.inboxes")} error={about("inboxes")} disabled={disabled} options={lists.inboxes} chosen={now.inboxes ?? []} onChange={(inboxes) => set({ inboxes })} />}
        </div>
      </div>
    </div>
  );
}
