import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

/** A type of the API's description by its name. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** One field that the server did not accept. location is "body.name", "query.q" and the like. */
export type Fault = { message: string; location: string };

/** An answer that is no success: RFC 9457 problem+json, or no answer at all (status 0). */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    readonly status: number,
    message: string,
    readonly code: string,
    readonly faults: Fault[],
    readonly requestId: string,
    readonly retryAfter: number,
    /** What else the answer says, such as who would gain access by a merge. */
    readonly said: Record<string, unknown> = {},
  ) {
    super(message);
  }

  /** The message about one field, such as "name"; "" where it was accepted. */
  about(field: string): string {
    return this.faults.find((f) => f.location === `body.${field}` || f.location === field)?.message ?? "";
  }

  get offline() {
    return this.status === 0;
  }
}

/** problem reads what the server said about a failure. */
function problem(response: Response, body: unknown): ApiError {
  const p = (typeof body === "object" && body !== null ? body : {}) as { detail?: string; title?: string; code?: string; type?: string; errors?: Fault[] };
  const faults = (p.errors ?? []).map((e) => ({ message: e.message ?? "", location: e.location ?? "" }));
  const message = faults.length === 1 && faults[0] ? faults[0].message : (p.detail ?? p.title ?? response.statusText);
  return new ApiError(
    response.status,
    message,
    p.code ?? p.type ?? "",
    faults,
    response.headers.get("X-Request-Id") ?? "",
    Number(response.headers.get("Retry-After") ?? 0),
    p as Record<string, unknown>,
  );
}

// Where 401 speaks of a password or a code that was typed, and not of the session.
const asks = /^\/(sessions|me\/password|me\/totp.*)$/;

const signIn: Middleware = {
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && !asks.test(schemaPath)) {
      location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
    return undefined;
  },
};

export const client = createClient<paths>({
  baseUrl: "/api/v1",
  // Unlike the default, lists of a query are written with commas, which is what the server reads.
  querySerializer: { array: { style: "form", explode: false } },
});
client.use(signIn);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/**
 * call waits for an answer and gives its body, or throws an ApiError.
 * `await call(client.GET("/me"))`
 */
export async function call<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "", "offline", [], "", 0);
  }
  if (!answer.response.ok) throw problem(answer.response, answer.error);
  return answer.data as T;
}

/** once gives the header that makes a POST safe to repeat: the same key is carried out once. */
export function once(key: string = crypto.randomUUID()) {
  return { "Idempotency-Key": key };
}
