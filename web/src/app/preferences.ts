// What a person has chosen for the screens. The account keeps it; the browser keeps a copy, so that the next start draws
// in the right colours and language from the first moment.

export type Preferences = {
  theme: "system" | "light" | "dark";
  density: "comfortable" | "compact";
  shortcuts: boolean;
  locale: string;
  time_zone: string;
  after_send: "stay" | "next" | "list";
};

const plain: Preferences = { theme: "system", density: "comfortable", shortcuts: true, locale: "", time_zone: "", after_send: "stay" };
const place = "deskmesh.preferences";

let kept = "";
let read = plain;

/** remembered gives the browser's copy. It is asked for with every time that is written, so it is read anew only when it changed. */
export function remembered(): Preferences {
  try {
    const now = localStorage.getItem(place) ?? "{}";
    if (now !== kept) {
      read = { ...plain, ...(JSON.parse(now) as Partial<Preferences>) };
      kept = now;
    }
    return read;
  } catch {
    return plain;
  }
}

/** applyPreferences puts them in force on this page and in the browser's copy. */
export function applyPreferences(given: Partial<Preferences> | undefined): Preferences {
  const p = { ...remembered(), ...given };
  const root = document.documentElement;
  if (p.theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = p.theme;
  root.dataset["density"] = p.density;
  localStorage.setItem(place, JSON.stringify(p));
  return p;
}
