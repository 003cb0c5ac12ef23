/* One round over the portfolio: asks page after page, takes what changed, keeps the rest. Knows no page of the browser. */
import { dropPortfolio, findAbout, keepAbout, keepClients, lineOf, type Client, type Line, type Page } from "./kept";

export const MOST = 500;
export const MOST_BYTES = 5_000_000;
export const AT_ONCE = 50;

interface Answer { items: Client[]; next_cursor: string | null }
export type Ask = (cursor: string, etag: string | null) => Promise<Response>;
/* `signed_out` and `forbidden`: nothing may stay here. `later`: what was kept stays as it was. */
type Trouble = "later" | "signed_out" | "forbidden";
export type Outcome = "kept" | Trouble;

export async function round(user: string, build: string, ask: Ask, now: () => Date = () => new Date()): Promise<Outcome> {
  const before = await findAbout(user);
  const at = now().toISOString();
  const pages: Page[] = [];
  const lines = new Map<string, Line>();
  const known = new Map((before?.lines ?? []).map((line) => [line.id, line]));
  for (let cursor: string | null = ""; cursor !== null && lines.size < MOST; ) {
    const old = before?.pages.find((page) => page.cursor === cursor) ?? null;
    const answer = await ask(cursor, old?.etag ?? null);
    const page: Page | Trouble = answer.status === 304 && old ? old : await take(user, cursor, answer, at, known);
    if (typeof page === "string") return page;
    if (sum(pages) + page.bytes > MOST_BYTES) break;
    pages.push(page);
    for (const id of page.ids.slice(0, MOST - lines.size)) {
      const line = known.get(id);
      if (line) lines.set(id, line);
    }
    cursor = page.next;
  }
  await keepAbout(user, { at, build, pages, lines: [...lines.values()] });
  return "kept";
}

const sum = (pages: readonly Page[]): number => pages.reduce((total, { bytes }) => total + bytes, 0);

async function take(user: string, cursor: string, answer: Response, at: string, known: Map<string, Line>): Promise<Page | Trouble> {
  if (answer.status === 401) return "signed_out";
  if (answer.status === 403) {
    await dropPortfolio(user);
    return "forbidden";
  }
  if (answer.status !== 200) return "later";
  const text = await answer.text();
  const { items, next_cursor } = JSON.parse(text) as Answer;
  await keepClients(user, items, at);
  for (const client of items) known.set(client.id, lineOf(client));
  return { cursor, etag: answer.headers.get("ETag") ?? "", next: next_cursor, ids: items.map(({ id }) => id), bytes: text.length };
}
