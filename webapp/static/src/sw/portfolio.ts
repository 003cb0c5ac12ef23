/* Pages a person may read or write on without a network: kept shells, whose script reads the device's own store. */
import { findOwner, KEPT_PAGES } from "../lib/store";
import { filled } from "../portfolio/filling";
import { findClient, findInvoice } from "../portfolio/kept";

const ID = "([0-9a-f-]{36})";
const READ = new RegExp(`^/(clients(/${ID}(/visit|/thread)?)?|invoices/${ID}|visits/new|portfolio)?$`);
const FORMS: Record<string, RegExp> = {
  visit: new RegExp(`^/clients/${ID}/visits/new$`),
  promise: new RegExp(`^/threads/${ID}/promises/new$`),
};

const kept = (path: string): Promise<Response | undefined> => caches.match(path, { cacheName: KEPT_PAGES, ignoreVary: true });

async function form(name: string, id: string): Promise<Response | null> {
  const [blank, user] = await Promise.all([kept(`/portfolio/forms/${name}`), findOwner()]);
  if (!blank || !user) return null;
  const client = await findClient(user, id);
  const found = client ?? (await findInvoice(user, id));
  if (!found) return null;
  const page = filled(await blank.text(), found.client, client ? null : (found as { invoice?: never }).invoice ?? null);
  const headers = new Headers(blank.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name); // of how it travelled
  return new Response(page, { headers });
}

/* Null: nothing of the kind is on this device. */
export async function keptPage({ pathname }: URL): Promise<Response | null> {
  for (const [name, path] of Object.entries(FORMS)) {
    const id = path.exec(pathname)?.[1];
    if (id) return await form(name, id).catch(() => null);
  }
  return READ.test(pathname) ? (await kept("/portfolio")) ?? null : null;
}
