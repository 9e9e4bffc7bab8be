import { Failed } from "@/ui/states";

/** The whole page when nothing can be shown: the server did not answer the first question. */
export function Fatal({ error }: { error: unknown }) {
  return (
    <main className="fatal">
      <h1 className="vh">Deskmesh</h1>
      <Failed error={error} retry={() => location.reload()} />
    </main>
  );
}
