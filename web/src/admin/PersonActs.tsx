import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { call, client, once } from "@/api/client";
import { t } from "@/app/i18n";
import { exact } from "@/app/time";
import { useMay } from "@/app/session";
import { Button } from "@/ui/Button";
import { Confirm, Dialog } from "@/ui/Dialog";
import { Section } from "@/ui/Page";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { CopyLine } from "@/ui/CopyLine";
import { type Person, refresh } from "./api";
import { TypedConfirm } from "./ui";

type Asking = "" | "invite" | "totp" | "links" | "off" | "erase";

/** What can be done with a person: sign-in, deactivate, erase. What the server would refuse is not offered. */
export function PersonActs({ person, own, stronger }: { person: Person; own: boolean; stronger: boolean }) {
  const queries = useQueryClient();
  const mayErase = useMay("people.erase");
  const [asking, setAsking] = useState<Asking>("");
  const [link, setLink] = useState<{ url: string; until: string }>();
  const path = { params: { path: { id: person.id } } };
  const again = async (done: string) => {
    await refresh(queries);
    toast(done);
  };
  const post = () => ({ params: { path: { id: person.id }, header: once() } });
  const invite = async () => {
    const made = await call(client.POST("/people/{id}/invite", post()));
    if (made.url) setLink({ url: made.url, until: made.expires_at ?? "" });
  };
  const reactivate = async () => {
    try {
      await call(client.POST("/people/{id}/reactivate", post()));
      await again(t("admin.person.on_done", { name: person.name }));
    } catch (error) {
      toast({ text: explain(error), error: true });
    }
  };
  const name = person.name;
  const agent = person.kind === "agent";
  return (
    <>
      <Section title={t("admin.person.sign_in")}>
        <div>
          <Line title={t("admin.person.password")} text={person.has_password ? t("admin.person.password_set") : t("admin.person.password_none")}>
            {!stronger && person.active && <Button onClick={() => setAsking("invite")}>{person.has_password ? t("admin.person.reset_link") : t("admin.person.setup_link")}</Button>}
          </Line>
          {agent && (
            <Line title={t("admin.person.totp")} text={person.has_totp ? t("admin.person.totp_on") : t("admin.person.totp_off")}>
              {!stronger && !own && person.has_totp && <Button onClick={() => setAsking("totp")}>{t("admin.person.totp_reset")}</Button>}
            </Line>
          )}
          {agent && !stronger && !own && (
            <Line title={t("admin.person.links")} text={t("admin.person.links_text")}>
              <Button onClick={() => setAsking("links")}>{t("admin.person.links_forget")}</Button>
            </Line>
          )}
        </div>
      </Section>
      {!own && !stronger && (
        <Section title={t("admin.person.end")}>
          <div>
            {person.active ? (
              <Line title={t("admin.person.deactivate")} text={t("admin.person.deactivate_text")}>
                <Button kind="danger" onClick={() => setAsking("off")}>
                  {t("admin.person.deactivate")}
                </Button>
              </Line>
            ) : (
              <Line title={t("admin.person.reactivate")} text={t("admin.person.reactivate_text")}>
                <Button onClick={() => void reactivate()}>{t("admin.person.reactivate")}</Button>
              </Line>
            )}
            {mayErase && (
              <Line title={t("admin.person.erase")} text={t("admin.person.erase_text")}>
                <Button kind="danger" onClick={() => setAsking("erase")}>
                  {t("admin.person.erase")}
                </Button>
              </Line>
            )}
          </div>
        </Section>
      )}
      <Confirm open={asking === "invite"} danger={false} onClose={() => setAsking("")} title={t("admin.person.invite_title", { name })} action={t("admin.person.invite_make")} onConfirm={invite}>
        <p>{t("admin.person.invite_text")}</p>
      </Confirm>
      <Dialog open={!!link} onClose={() => setLink(undefined)} title={t("admin.person.invite_done")} foot={<Button kind="primary" className="push" onClick={() => setLink(undefined)}>{t("app.done")}</Button>}>
        <p className="prose">{t("admin.person.invite_once", { name, until: link?.until ? exact(link.until) : "" })}</p>
        <CopyLine text={link?.url ?? ""} label={t("admin.person.invite_link")} />
      </Dialog>
      <Confirm
        open={asking === "totp"}
        onClose={() => setAsking("")}
        title={t("admin.person.totp_title", { name })}
        action={t("admin.person.totp_reset")}
        onConfirm={async () => {
          await call(client.DELETE("/people/{id}/totp", path));
          await again(t("admin.person.totp_done"));
        }}
      >
        <p>{t("admin.person.totp_text")}</p>
      </Confirm>
      <Confirm
        open={asking === "links"}
        onClose={() => setAsking("")}
        title={t("admin.person.links_title", { name })}
        action={t("admin.person.links_forget")}
        onConfirm={async () => {
          await call(client.DELETE("/people/{id}/sign-in-links", path));
          await again(t("admin.person.links_done"));
        }}
      >
        <p>{t("admin.person.links_effect")}</p>
      </Confirm>
      <Confirm
        open={asking === "off"}
        onClose={() => setAsking("")}
        title={t("admin.person.off_title", { name })}
        action={t("admin.person.deactivate")}
        onConfirm={async () => {
          await call(client.POST("/people/{id}/deactivate", post()));
          await refresh(queries);
          toast({ text: t("admin.person.off_done", { name }), undo: reactivate });
        }}
      >
        <ul>
          <li>{t("admin.person.off_sign_in")}</li>
          <li>{agent ? t("admin.person.off_tickets") : t("admin.person.off_requests")}</li>
          <li>{t("admin.person.off_shares")}</li>
        </ul>
      </Confirm>
      {asking === "erase" && (
        <TypedConfirm
          title={t("admin.person.erase_title", { name })}
          word={name}
          action={t("admin.person.erase")}
          onClose={() => setAsking("")}
          onConfirm={async () => {
            await call(client.POST("/people/{id}/erase", post()));
            await again(t("admin.person.erase_done"));
            history.back();
          }}
        >
          <p>{t("admin.person.erase_effect")}</p>
        </TypedConfirm>
      )}
    </>
  );
}

function Line({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <div className="line-item adm-act">
      <span />
      <span className="grow">
        <span className="strong">{title}</span>
        <span className="meta">{text}</span>
      </span>
      <span className="cluster">{children}</span>
    </div>
  );
}
