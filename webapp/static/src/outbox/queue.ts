/* What a person does with an act: writes it, tries it again, words it anew, drops it. */
import { changeOutbox, queueOutbox, type OutboxItem } from "../lib/store";
import { parentsOf } from "./order";

type Written = Pick<OutboxItem, "id" | "user" | "name" | "payload" | "label"> & Partial<Pick<OutboxItem, "about" | "url" | "words">>;

/* On the device before anything is sent. */
export function queue(written: Written, made: Date = new Date()): Promise<OutboxItem> {
  return queueOutbox({ ...written, made_at: made.toISOString(), state: "waiting" }, (item, before) => ({ ...item, after: parentsOf(item.about, before) }));
}

const still = (item: OutboxItem): boolean => item.state !== "sending" && item.state !== "sent";
const fresh = ({ error: _error, now: _now, step: _step, ...item }: OutboxItem): OutboxItem => ({ ...item, state: "waiting" });

/* The same once more. Somebody who has seen both sides of a conflict no longer holds to what they saw before. */
export function retry(id: string): Promise<OutboxItem | null> {
  return changeOutbox(id, (item) => {
    if (!still(item)) return undefined;
    const { seen_revision: _seen, ...payload } = item.payload;
    return { ...fresh(item), payload: item.state === "conflict" ? payload : item.payload };
  });
}

/* Under the same id: if its first wording did arrive, the server says so instead of acting twice. */
export function edit(id: string, change: Record<string, unknown>): Promise<OutboxItem | null> {
  return changeOutbox(id, (item) => (still(item) ? { ...fresh(item), payload: { ...item.payload, ...change } } : undefined));
}

export function drop(id: string): Promise<OutboxItem | null> {
  return changeOutbox(id, (item) => (item.state === "sending" ? undefined : null));
}
