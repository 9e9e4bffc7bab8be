import { ApiError, call, client, once } from "@/api/client";
import { t, tn } from "@/app/i18n";
import { explain } from "@/ui/states";
import { dropToast, toast } from "@/ui/toast";
import type { Wanted } from "./api";

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** exportList has a list written into a CSV file, tells how it goes, and fetches the file when it is there. */
export async function exportList(list: Wanted) {
  const told = toast(t("tickets.export.running"));
  try {
    const { filter, ...rest } = list;
    let file = await call(
      client.POST("/exports", {
        params: { header: once() },
        body: { ...rest, bom: true, ...(filter ? { filter: JSON.parse(filter) as Record<string, unknown> } : {}) },
      }),
    );
    for (let pause = 400; file.state === "waiting"; pause = Math.min(pause * 1.5, 5000)) {
      // oxlint-disable-next-line no-await-in-loop -- asks until it is there
      await wait(pause);
      // oxlint-disable-next-line no-await-in-loop
      file = await call(client.GET("/exports/{id}", { params: { path: { id: file.id } } }));
    }
    if (file.state === "failed") throw new ApiError(422, file.problem ?? t("app.failed"), "", [], "", 0);
    const address = `/api/v1/exports/${file.id}/file`;
    const get = () => {
      const link = document.createElement("a");
      link.href = address;
      link.download = "tickets.csv";
      link.click();
    };
    dropToast(told);
    toast({ text: tn(file.cut_off ? "tickets.export.cut" : "tickets.export.done", file.rows), action: { label: t("tickets.export.again"), run: get } });
    get();
  } catch (error) {
    dropToast(told);
    toast({ text: explain(error), error: true });
  }
}
