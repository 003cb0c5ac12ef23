/* The shell on the device: hashed files and the offline page. */
import { keptPage } from "./portfolio";
import { shared } from "./share";

declare const self: ServiceWorkerGlobalScope;
/* Filled in by the build. */
declare const PRECACHE: readonly string[];
declare const VERSION: string;

const PREFIX = "encours-";
const CACHE = PREFIX + VERSION;
const OFFLINE = "/offline";
/* Filled by the device itself: what waits is read, changed and dropped without a network. */
const OUTBOX = "/outbox";

export async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // These pages are asked for without cookies: they must name no one.
  const pages = [OFFLINE, OUTBOX].map((page) => cache.add(new Request(page, { cache: "reload", credentials: "omit" })));
  await Promise.all([cache.addAll([...PRECACHE]), ...pages]);
}

/* The version before this one stays: a page still open may ask for its files. */
export async function prune(): Promise<void> {
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)));
}

async function hashedFile(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) {
    const copy = response.clone();
    void caches.open(CACHE).then((cache) => cache.put(request, copy));
  }
  return response;
}

/* On a network known to be slow, what is kept is shown soon; it says from when it is, and offers to ask again. */
const patience = (): number => (/[23]g/.test((self.navigator as { connection?: { effectiveType?: string } }).connection?.effectiveType ?? "") ? 3_000 : 10_000);

async function page(event: FetchEvent): Promise<Response> {
  const url = new URL(event.request.url);
  const asked = (async () => ((await event.preloadResponse) as Response | undefined) ?? (await fetch(event.request)))();
  const late = new Promise<null>((done) => setTimeout(() => done(null), patience()));
  const answer = await Promise.race([asked.catch(() => null), late]);
  if (answer) return answer;
  const kept = await keptPage(url);
  return kept ?? (await asked.catch(() => shell(url.pathname === OUTBOX ? OUTBOX : OFFLINE)));
}

async function shell(path: string): Promise<Response> {
  return (await caches.match(path, { ignoreVary: true })) ?? Response.error();
}

/* What the worker answers itself; everything else goes to the network untouched. */
export function respond(event: FetchEvent): Promise<Response> | null {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "POST" && url.origin === self.location.origin && url.pathname === "/share") return shared(request);
  if (request.method !== "GET" || url.origin !== self.location.origin) return null;
  if (/^\/static\/dist\/.*-[0-9A-Z]{8}\.(js|css|svg)$/.test(url.pathname)) return hashedFile(request);
  return request.mode === "navigate" ? page(event) : null;
}
