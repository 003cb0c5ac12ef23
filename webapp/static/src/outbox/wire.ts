/* One request to /api/v1/sync, from a page or from the worker. */
import type { Refusal } from "../lib/store";
import type { Result } from "./order";
import type { Answer, Command } from "./sender";

/* Who is signed in, and their token: from the page, or asked of the server anew. */
export interface Session { id?: string; csrf_token?: string | null }
export type Ask = (fresh: boolean) => Promise<Session | null>;

const PATIENCE_MS = 30_000;
const AGAIN_SECONDS = 5;

async function send(user: string, commands: Command[], token: string): Promise<Response | null> {
  try {
    return await fetch("/api/v1/sync", {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ commands, sent_at: new Date().toISOString(), user_id: user }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    return null;
  }
}

async function bodyOf(response: Response): Promise<Record<string, unknown> | null> {
  return (await response.json().catch(() => null)) as Record<string, unknown> | null;
}

/* Acts of one person are never sent under the session of another. */
export async function postCommands(user: string, commands: Command[], ask: Ask): Promise<Answer> {
  let session = await ask(false);
  if (session?.id !== user) return { stopped: "not_ours" };
  let response = await send(user, commands, session.csrf_token ?? "");
  if (response?.status === 400) {
    session = await ask(true);
    if (!session) return { later: null };
    if (session.id !== user) return { stopped: "not_ours" };
    response = await send(user, commands, session.csrf_token ?? "");
  }
  if (!response) return { later: null };
  return read(response);
}

async function read(response: Response): Promise<Answer> {
  const body = await bodyOf(response);
  if (response.ok && Array.isArray(body?.results)) return { results: body.results as Result[] };
  // An answer that was cut short, or is somebody else's (a gate of a hotel): as if there had been none.
  if (response.ok || !body) return { later: response.status >= 500 ? AGAIN_SECONDS : null };
  if (response.status === 401) return { stopped: "signed_out" };
  if (response.status === 403) return { stopped: "not_ours" };
  if (response.status === 429 || response.status >= 500) return { later: Number(body.retry_after) || AGAIN_SECONDS };
  return { refused: { code: String(body.code ?? "refused"), message: String(body.detail || body.title || "") } satisfies Refusal };
}
