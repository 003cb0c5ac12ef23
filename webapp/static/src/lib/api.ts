/* JSON over fetch: CSRF header, one key per act, problem+json as a typed error. */
import { actorId, leaveForSignIn, meta } from "./page";
import { t } from "./strings";
import { uuid7 } from "./uuid";

interface Problem {
  status: number;
  code: string;
  detail: string;
  errors?: Record<string, string[]>;
  request_id?: string;
  retry_after?: number;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = "ApiError";
  }
  get status(): number { return this.problem.status; }
  get code(): string { return this.problem.code; }
  get fields(): Record<string, string[]> { return this.problem.errors ?? {}; }
  /* Worth sending again later, unchanged: no network, too fast, or a server in trouble. */
  get again(): boolean { return this.status === 0 || this.status === 429 || this.status >= 500; }
}

interface Options {
  body?: unknown;
  /* The act's UUID; made here when the caller does not keep it for a replay. */
  key?: string;
  signal?: AbortSignal;
}

async function send(method: string, path: string, { body, key, signal }: Options): Promise<Response> {
  const headers = new Headers({ Accept: "application/json" });
  if (method !== "GET") {
    headers.set("X-CSRFToken", meta("csrf-token") ?? "");
    if (method === "POST") headers.set("Idempotency-Key", key ?? uuid7());
  }
  let content: BodyInit | undefined;
  if (body instanceof FormData) content = body;
  else if (body !== undefined) {
    headers.set("Content-Type", "application/json");
    content = JSON.stringify(body);
  }
  try {
    return await fetch(path, { method, headers, body: content, signal, credentials: "same-origin" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError({ status: 0, code: "offline", detail: t("offline") });
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const said = response.headers.get("Content-Type")?.includes("json") ? await response.json().catch(() => null) : null;
  const found = (said ?? {}) as Partial<Problem>;
  return { detail: t("failed"), code: `http_${response.status}`, ...found, status: response.status };
}

interface Session {
  csrf_token?: string;
  [more: string]: unknown;
}

/* Who I am, and a fresh CSRF token, which goes into the page for whoever asks next. */
export async function refreshSession(): Promise<Session> {
  const response = await send("GET", "/api/v1/session", {});
  if (!response.ok) throw new ApiError(await problemOf(response));
  const session = (await response.json()) as Session;
  if (session.csrf_token) document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", session.csrf_token);
  return session;
}

export async function api<Answer = unknown>(method: string, path: string, options: Options = {}): Promise<Answer> {
  const act = { ...options, key: options.key ?? uuid7() };
  let response = await send(method, path, act);
  if (response.status === 400) {
    const problem = await problemOf(response);
    if (!problem.code.includes("csrf")) throw new ApiError(problem);
    await refreshSession();
    response = await send(method, path, act);
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.status === 401 && actorId()) leaveForSignIn("signed_out");
    throw new ApiError(problem);
  }
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

export const get = <Answer>(path: string, options?: Options) => api<Answer>("GET", path, options);
export const post = <Answer>(path: string, body?: unknown, options?: Options) => api<Answer>("POST", path, { body, ...options });
export const put = <Answer>(path: string, body?: unknown, options?: Options) => api<Answer>("PUT", path, { body, ...options });
export const remove = <Answer>(path: string, options?: Options) => api<Answer>("DELETE", path, options);
