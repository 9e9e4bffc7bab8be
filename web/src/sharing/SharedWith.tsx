export function SharedWith({ number }: { number: number }) {
  return <span data-ticket={number} />;
}
