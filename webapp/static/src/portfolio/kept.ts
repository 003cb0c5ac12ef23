/* The portfolio in the device's read cache: one record a client, one that lists them. Wiped with it (lib/store). */
import { database, findRead, keyOf } from "../lib/store";

export interface Money { amount: number; currency: string }

export interface Invoice { id: string; ref: string; kind: string; issued_on: string; due_on: string; gross: Money; open: Money; late: number }
export interface Message { invoice_id: string | null; audience: "internal" | "client"; author: string | null; body: string; created_at: string }
export interface Fact { name: string; detail: string | null; tone: string; seen_on: string; fading: boolean }
export interface Contact { name: string; role: string; job: string | null; phone: string | null; email: string | null }

export interface Client {
  id: string;
  ref: string;
  name: string;
  legal_name: string;
  siren: string | null;
  trade: string | null;
  street: string | null;
  postcode: string | null;
  city: string | null;
  phone: string | null;
  email: string | null;
  insolvency: string | null;
  sees_limit: boolean;
  letter: string | null;
  outstanding: Money;
  overdue: Money;
  days_overdue: number | null;
  open_orders: Money;
  limit: Money | null;
  available: Money | null;
  utilisation: number | null;
  promised_on: string | null;
  open_count: number;
  invoices: Invoice[];
  contacts: Contact[];
  facts: Fact[];
  messages: Message[];
}

const LISTED = ["id", "ref", "name", "insolvency", "sees_limit", "letter", "outstanding", "overdue", "days_overdue", "utilisation", "promised_on"] as const;

/* What the list needs, so that opening it does not read every client whole. */
export type Line = Pick<Client, (typeof LISTED)[number]> & { no_limit: boolean; words: string };

export interface Page { cursor: string; etag: string; next: string | null; ids: string[]; bytes: number }

/* `at`: when all of it was last compared with the server; `build`: whose pages are kept beside it. */
export interface About { at: string; build: string; lines: Line[]; pages: Page[] }

/* Without accents or case, as the server folds them. */
export const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function lineOf(client: Client): Line {
  const said = [client.name, client.legal_name, client.ref, client.siren, client.trade, client.city, client.postcode, ...client.invoices.map(({ ref }) => ref)];
  const listed = Object.fromEntries(LISTED.map((name) => [name, client[name]])) as Pick<Client, (typeof LISTED)[number]>;
  return { ...listed, no_limit: client.limit === null, words: fold(said.filter(Boolean).join(" ")) };
}

/* Every word somewhere in what the client is known by, in the order the list has. */
export function search(lines: readonly Line[], text: string): Line[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  return words.length ? lines.filter((line) => words.every((word) => line.words.includes(word))) : [...lines];
}

const ABOUT = "portfolio";
const aboutKey = (user: string): string => keyOf(user, ABOUT);
const clientKey = (user: string, id: string): string => keyOf(user, `client/${id}`);

export async function keepClients(user: string, clients: readonly Client[], at: string): Promise<void> {
  const transaction = (await database()).transaction("read", "readwrite");
  for (const client of clients) void transaction.store.put({ key: clientKey(user, client.id), user, value: client, read_at: at });
  await transaction.done;
}

/* The list, and nothing of clients that are no longer on it. */
export async function keepAbout(user: string, about: About): Promise<void> {
  const transaction = (await database()).transaction("read", "readwrite");
  const wanted = new Set(about.lines.map(({ id }) => clientKey(user, id)));
  for (const key of await transaction.store.index("user").getAllKeys(user)) {
    if (key.startsWith(clientKey(user, "")) && !wanted.has(key)) void transaction.store.delete(key);
  }
  void transaction.store.put({ key: aboutKey(user), user, value: about, read_at: about.at });
  await transaction.done;
}

export async function findAbout(user: string): Promise<About | null> {
  return (await findRead<About>(user, ABOUT))?.value ?? null;
}

export interface Kept { client: Client; at: string }

/* A client with the hour its figures are of: compared since with the rest, or fetched alone after that. */
export async function findClient(user: string, id: string): Promise<Kept | null> {
  const found = await findRead<Client>(user, `client/${id}`);
  if (!found) return null;
  const about = await findAbout(user);
  const listed = about !== null && about.at > found.at && about.lines.some((line) => line.id === id);
  return { client: found.value, at: listed ? about.at : found.at };
}

export async function findInvoice(user: string, id: string): Promise<(Kept & { invoice: Invoice }) | null> {
  for (const { key, value } of await (await database()).getAllFromIndex("read", "user", user)) {
    if (!key.startsWith(clientKey(user, ""))) continue;
    const invoice = (value as Client).invoices.find((each) => each.id === id);
    const kept = invoice && (await findClient(user, (value as Client).id));
    if (kept) return { ...kept, invoice };
  }
  return null;
}

export async function dropPortfolio(user: string): Promise<void> {
  await keepAbout(user, { at: "", build: "", lines: [], pages: [] });
  await (await database()).delete("read", aboutKey(user));
}
