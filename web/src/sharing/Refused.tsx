import "./badges.css";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { t } from "@/app/i18n";
import { useTitle } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { AskForm } from "./AskForm";
import { levels } from "./model";

/** The page in the place of a ticket that one cannot open. It is alike for every number, whether there is such a ticket or not. */
export function Refused({ number }: { number: number }) {
  const [sent, setSent] = useState(false);
  useTitle(t("sharing.refused.title"));
  return (
    <div className="share-refused">
      <h1 className="vh" tabIndex={-1} data-heading>
        {t("sharing.refused.title")}
      </h1>
      {sent ? (
        <div role="status">
          <Empty title={t("sharing.ask.sent")} drawing="done" action={<BackToList />}>
            {t("sharing.ask.sent_text")}
          </Empty>
        </div>
      ) : (
        <>
          <Empty title={t("sharing.refused.title")} drawing="share">
            {t("sharing.refused.text", { number })}
          </Empty>
          <AskForm number={number} offered={levels} onSent={() => setSent(true)} />
          <p className="share-refused-back">
            <BackToList />
          </p>
        </>
      )}
    </div>
  );
}

function BackToList() {
  return (
    <Link to="/tickets" className="a">
      {t("sharing.refused.back")}
    </Link>
  );
}
