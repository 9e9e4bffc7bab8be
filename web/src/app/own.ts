import type { QueryClient } from "@tanstack/react-query";
import { type Schema, call, client } from "@/api/client";
import { type Me, me } from "@/api/queries";
import { explain } from "@/ui/states";
import { toast } from "@/ui/toast";
import { type Preferences, applyPreferences, remembered } from "./preferences";

// What belongs to oneself: preferences and the second factor.

export type Totp = Schema<"TotpState">;
export type TotpSetup = Schema<"TotpSetup">;

/** savePreferences puts a choice in force at once and keeps it with the account. A failure takes it back and says so. */
export async function savePreferences(queries: QueryClient, wish: Partial<Preferences>): Promise<boolean> {
  const before = remembered();
  applyPreferences(wish);
  try {
    const own = await call(client.PATCH("/me", { body: { preferences: wish as Schema<"PreferencesPatch"> } }));
    queries.setQueryData(me.queryKey, (who: Me | undefined) => who && { ...who, preferences: own.preferences });
    return true;
  } catch (error) {
    applyPreferences(before);
    toast({ text: explain(error), error: true });
    return false;
  }
}

export const beginTotp = () => call(client.POST("/me/totp"));
export const confirmTotp = (code: string) => call(client.POST("/me/totp/confirm", { body: { code } }));
export const renewCodes = (password: string, code: string) => call(client.POST("/me/totp/recovery-codes", { body: { password, code } }));
export const endTotp = (password: string, code: string) => call(client.DELETE("/me/totp", { body: { password, code } }));

/** signOut ends the session and leads to the sign-in page. */
export async function signOut() {
  await call(client.DELETE("/sessions"));
  location.assign("/sign-in");
}
