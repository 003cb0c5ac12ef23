/* A file brought to the server in pieces, by the protocol tus 1.0: what came before the line broke stays there.
 * Knows neither page nor worker; why it is ours and not a library's: docs/adr/0010. */

export interface Bringing {
  blob: Blob;
  name: string;
  key: string; // of the act: the upload is found again by it when its first answer was lost
  url: string | null; // where its pieces go, once that is known
}

export interface Ways {
  token: string;
  begun(url: string): Promise<unknown>; // to be kept with the file: a page that comes back goes on there
  progress?(share: number): void;
  signal?: AbortSignal;
  pause?(ms: number): Promise<unknown>;
}

export interface Problem { code?: string; detail?: string; errors?: Record<string, string[] | string>; retry_after?: number }

/* Why it did not arrive; status 0: nobody answered. What came stays on the server. */
export class Unsent extends Error {
  constructor(readonly status: number, readonly problem: Problem = {}) { super(problem.detail ?? `${status}`); }
}

const [FIRST, LARGEST, PIECE_SECONDS] = [64 * 1024, 1024 * 1024, 3];
const PAUSES = [500, 1_500, 4_000, 10_000]; // after each miss, until something arrives again
const PATIENCE_MS = 60_000;
const [NOBODY, MOVED, FORGOTTEN] = [0, 409, [404, 410]];

/* The next piece: what the line brought in three seconds. One that broke started over with small ones. */
export function nextPiece(bytes: number, seconds: number): number {
  const wanted = (bytes / Math.max(seconds, 0.001)) * PIECE_SECONDS;
  return Math.round(Math.min(LARGEST, Math.max(FIRST, wanted)));
}

const wait = (ms: number): Promise<unknown> => new Promise((done) => setTimeout(done, ms));

/* The server's id of the file, once it has all of it. Raises Unsent. */
export async function bring(file: Bringing, ways: Ways): Promise<string> {
  let { url } = file;
  let at: number | null = null; // how much the server has; null: to be asked
  for (let missed = 0, piece = FIRST; ;) {
    try {
      if (url === null) {
        ({ url, at } = await begin(file, ways));
        await ways.begun(url);
      }
      at ??= await reached(url, ways);
      const since = performance.now();
      const body = file.blob.slice(at, at + piece);
      at = await send(url, at, body, ways);
      piece = nextPiece(body.size, (performance.now() - since) / 1000);
      missed = 0;
      ways.progress?.(at / file.blob.size);
      if (at >= file.blob.size) return url.slice(url.lastIndexOf("/") + 1);
    } catch (error) {
      const pause = globalThis.navigator?.onLine === false ? undefined : PAUSES[missed];
      if (!(error instanceof Unsent) || ways.signal?.aborted || pause === undefined) throw error;
      if (FORGOTTEN.includes(error.status)) url = null;
      else if (error.status !== NOBODY && error.status !== MOVED) throw error;
      missed += 1;
      at = null;
      piece = FIRST;
      await (ways.pause ?? wait)(pause);
    }
  }
}

async function begin({ blob, name, key }: Bringing, ways: Ways): Promise<{ url: string; at: number }> {
  const response = await ask("POST", "/api/v1/uploads", ways, {
    "Idempotency-Key": key, "Upload-Length": String(blob.size), "Upload-Metadata": `filename ${base64(name)}`,
  });
  return { url: new URL(response.headers.get("Location") ?? "", response.url).pathname, at: offsetOf(response) };
}

const reached = async (url: string, ways: Ways): Promise<number> => offsetOf(await ask("HEAD", url, ways));

async function send(url: string, at: number, body: Blob, ways: Ways): Promise<number> {
  const headers = { "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" };
  return offsetOf(await ask("PATCH", url, ways, headers, body));
}

/* It is not wanted any more: what came of it goes. */
export async function giveUp(url: string, ways: Pick<Ways, "token">): Promise<void> {
  await ask("DELETE", url, { ...ways, begun: async () => undefined }).catch(() => undefined);
}

async function ask(method: string, url: string, ways: Ways, headers: Record<string, string> = {}, body?: Blob): Promise<Response> {
  const signals = [AbortSignal.timeout(PATIENCE_MS), ...(ways.signal ? [ways.signal] : [])];
  const response = await fetch(url, {
    method, body, credentials: "same-origin", signal: anyOf(signals),
    headers: { Accept: "application/json", "Tus-Resumable": "1.0.0", "X-CSRFToken": ways.token, ...headers },
  }).catch(() => { throw new Unsent(NOBODY); });
  if (response.ok && response.headers.has("Tus-Resumable")) return response;
  // An answer of somebody else (a gate of a hotel) is none.
  if (response.ok) throw new Unsent(NOBODY);
  throw new Unsent(response.status, (await response.json().catch(() => ({}))) as Problem);
}

/* AbortSignal.any is younger than the browsers that are served. */
function anyOf(signals: AbortSignal[]): AbortSignal {
  const either = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) either.abort();
    signal.addEventListener("abort", () => either.abort(), { once: true, signal: either.signal });
  }
  return either.signal;
}

/* How much the server has. Without that it is somebody else's answer. */
function offsetOf(response: Response): number {
  const said = response.headers.get("Upload-Offset");
  if (said === null) throw new Unsent(NOBODY);
  return Number(said);
}

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
