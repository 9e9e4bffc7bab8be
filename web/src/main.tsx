import "@fontsource-variable/inter/wght.css";
import "../../internal/site/assets/tokens.css";
import "./app/ui.css";
import "./app/shell.css";
import "./app/parts.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { refreshOnLive, startLive } from "./api/live";
import { me, queries, viewCounts, views } from "./api/queries";
import { number, speak } from "./app/i18n";
import { ago } from "./app/time";
import { type Preferences, applyPreferences, remembered } from "./app/preferences";
import { Fatal } from "./app/Fatal";
import { router } from "./routes";
import { countOf, listOf, wanted } from "./tickets/api";
import { readListSearch } from "./tickets/search";

const known = applyPreferences(remembered());
const texts = speak(known.locale);

/** What the first screen asks for goes out at once, beside the question of who is signed in. */
function askAhead() {
  void queries.prefetchQuery(views);
  void queries.prefetchQuery(viewCounts);
  const { pathname, search } = router.latestLocation;
  if (!/^\/tickets(\/|$)/.test(pathname)) return;
  const list = wanted(readListSearch(search as Record<string, unknown>));
  void queries.prefetchInfiniteQuery(listOf(list));
  void queries.prefetchQuery(countOf(list));
}

async function start() {
  const root = createRoot(document.getElementById("root")!);
  try {
    const [who] = await Promise.all([queries.fetchQuery(me), texts]);
    const chosen = applyPreferences((who as { preferences?: Partial<Preferences> }).preferences);
    if (chosen.locale !== known.locale) await speak(chosen.locale);
  } catch (error) {
    await texts.catch(() => undefined);
    root.render(<Fatal error={error} />);
    return;
  }
  refreshOnLive(queries);
  startLive();
  root.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

/** What Intl needs for the first numbers and times takes a while to set up. */
function warm() {
  number(1);
  ago(new Date());
}

// Each in a task of its own, so that none holds up the page for long; while the answers are under way there is time for what
// the first list needs of Intl.
setTimeout(() => {
  askAhead();
  void start();
  setTimeout(warm);
});
