export function Refused({ number }: { number: number }) {
  return <span data-ticket={number} />;
}
