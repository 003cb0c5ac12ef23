/* The messages of one thread as this device knows them: ordered by seq, each once, own ones pending until they
 * come back under their client_id. Plain logic: no page, no network. */
export interface Person { id: string; name: string; handle: string; initials: string; role: string | null }
export interface ReactionSet { emoji: string; user_ids: string[] }

export interface Attachment {
  id: string;
  kind: string; // image, audio or file
  name: string;
  media_type: string;
  size: number;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
}

export interface Message {
  id: string;
  thread_id: string;
  seq: number;
  client_id: string;
  kind: string;
  author: Person | null;
  body: string;
  html: string;
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
  reply_to: string | null;
  act: { kind: string; id: string } | null;
  quote: { id: string; seq: number; name: string; excerpt: string } | null;
  mentions: string[];
  reactions: ReactionSet[];
  attachments: Attachment[];
}

export type Known = Pick<Message, "id" | "seq" | "client_id"> & { author_id: string };
export type Change = "new" | "known";

export class Messages {
  #bySeq = new Map<number, Known>();

  constructor(known: Iterable<Known> = []) {
    for (const message of known) this.#bySeq.set(message.seq, message);
  }

  /* Notes a message; "known" when it was there, so that an echo is drawn once. */
  put(message: Known): Change {
    const change = this.#bySeq.has(message.seq) ? "known" : "new";
    this.#bySeq.set(message.seq, message);
    return change;
  }

  /* The seq below which nothing is missing on this page: where catching up starts. */
  whole(): number {
    const first = this.first();
    if (first === 0) return 0;
    let seq = first;
    while (this.#bySeq.has(seq + 1)) seq += 1;
    return seq;
  }

  first(): number { return this.#bySeq.size ? Math.min(...this.#bySeq.keys()) : 0; }
  last(): number { return this.#bySeq.size ? Math.max(...this.#bySeq.keys()) : 0; }

  /* True when something between the beginning of the page and its end has not arrived. */
  hasHole(): boolean { return this.whole() < this.last(); }

  /* The seq a message is drawn after; 0 at the top. */
  before(seq: number): number {
    return Math.max(0, ...[...this.#bySeq.keys()].filter((known) => known < seq));
  }

  byClientId(clientId: string): Known | undefined {
    return [...this.#bySeq.values()].find((message) => message.client_id === clientId);
  }

  /* Messages of others above `read`: the unread line stands before the first. */
  unread(read: number, me: string): { seq: number; count: number } {
    const fresh = [...this.#bySeq.values()].filter((message) => message.seq > read && message.author_id !== me);
    return { seq: fresh.length ? Math.min(...fresh.map((message) => message.seq)) : 0, count: fresh.length };
  }
}
