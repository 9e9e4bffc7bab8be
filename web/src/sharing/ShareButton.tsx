export function ShareButton({ number }: { number: number }) {
  return <span data-ticket={number} />;
}
