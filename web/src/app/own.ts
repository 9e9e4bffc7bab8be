import type { QueryClient } from "@tanstack/react-query";
import { client, call } from "@/api/client";
import { type Me, me } from "@/api/queries";
import { type Preferences, applyPreferences, remembered } from "./preferences";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";

// What belongs to oneself: preferences and the second factor. A server that does not know them yet answers /me without
// them: preferences then stay in this browser, and the second factor is not offered.

export type Totp = { on: boolean; required: boolean; missing: boolean; recovery_codes_left: number };
export type TotpSetup = { secret: string | null; uri: string | null; qr: string | null };
export type WholeMe = Me & { preferences?: Preferences; totp?: Totp };

type Loose = (path: string, init?: { body?: unknown }) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
const post = client.POST as unknown as Loose;
const patch = client.PATCH as unknown as Loose;
const remove = client.DELETE as unknown as Loose;

/** savePreferences puts a choice in force at once and keeps it with the account. A failure takes it back and says so. */
export async function savePreferences(queries: QueryClient, wish: Partial<Preferences>): Promise<boolean> {
  const before = remembered();
  applyPreferences(wish);
  const who = queries.getQueryData(me.queryKey) as WholeMe | undefined;
  if (!who?.preferences) return true;
  try {
    await call(patch("/me", { body: { preferences: wish } }));
    queries.setQueryData(me.queryKey, { ...who, preferences: { ...who.preferences, ...wish } } as Me);
    return true;
  } catch (error) {
    applyPreferences(before);
    toast({ text: explain(error), error: true });
    return false;
  }
}

export const beginTotp = () => call(post("/me/totp")) as Promise<TotpSetup>;
export const confirmTotp = (code: string) => call(post("/me/totp/confirm", { body: { code } })) as Promise<{ recovery_codes: string[] }>;
export const renewCodes = (password: string, code: string) => call(post("/me/totp/recovery-codes", { body: { password, code } })) as Promise<{ recovery_codes: string[] }>;
export const endTotp = (password: string, code: string) => call(remove("/me/totp", { body: { password, code } }));

/** signOut ends the session and leads to the sign-in page. */
export async function signOut() {
  await call(client.DELETE("/sessions"));
  location.assign("/sign-in");
}
