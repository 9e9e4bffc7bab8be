// The tickets that were opened last in this browser: their numbers alone. What is shown of them is asked of the server each
// time, so that a ticket that was lost is gone from here too.

const place = "deskmesh.recent";
const most = 8;

/** recentTickets gives the numbers, the last opened first. */
export function recentTickets(): number[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(list) ? list.filter((n): n is number => Number.isSafeInteger(n) && n > 0).slice(0, most) : [];
  } catch {
    return [];
  }
}

/** rememberTicket puts a ticket first. */
export function rememberTicket(number: number) {
  localStorage.setItem(place, JSON.stringify([number, ...recentTickets().filter((n) => n !== number)].slice(0, most)));
}

/** forgetTicket takes out one that cannot be opened any more. */
export function forgetTicket(number: number) {
  localStorage.setItem(place, JSON.stringify(recentTickets().filter((n) => n !== number)));
}
