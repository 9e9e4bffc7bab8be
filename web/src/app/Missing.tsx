import { Link } from "@tanstack/react-router";
import { Empty, Failed } from "@/ui/states";
import { t } from "./i18n";

/** An address that leads nowhere, or a page that broke while it was drawn. */
export function Missing({ error }: { error?: unknown }) {
  return (
    <main className="pane-scroll" id="main">
      <div className="page">
        <h1 className="vh" tabIndex={-1} data-heading>
          {t("app.missing.title")}
        </h1>
        {error ? (
          <Failed error={error} retry={() => location.reload()} />
        ) : (
          <Empty title={t("app.missing.title")} drawing="search" action={<Link to="/" className="btn">{t("app.missing.home")}</Link>}>
            {t("app.missing.text")}
          </Empty>
        )}
      </div>
    </main>
  );
}
