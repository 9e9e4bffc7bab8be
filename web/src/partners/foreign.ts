import type { Message } from "@/api/queries";

/** Somebody of another desk who wrote a message there. */
export type Foreign = { name: string; role: string; partner: { id: number; name: string } };

/** foreignOf gives who wrote a message on another desk; undefined for those that were written here. */
export const foreignOf = (m: Message): Foreign | undefined => (m as Message & { foreign?: Foreign | null }).foreign ?? undefined;
