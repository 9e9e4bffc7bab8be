// The list that was shown last, for going from one ticket to the next one.

let shown: readonly number[] = [];

/** rememberOrder keeps the numbers of the list that is shown, first to last. */
export const rememberOrder = (numbers: readonly number[]) => {
  shown = numbers;
};

/** nextOf gives the ticket after (or, with by = -1, before) a ticket in the list that was shown last. */
export function nextOf(number: number, by: 1 | -1 = 1): number | undefined {
  const at = shown.indexOf(number);
  return at < 0 ? shown[0] : shown[at + by];
}
