/* How an act that was just handed to the outbox went, as far as one can wait for it. */
import { outboxOf, type OutboxItem } from "../lib/store";

export type Outcome = "sent" | "refused" | "later";

/* Without a network at once; with one, after some seconds it is no longer the page's matter. */
export function outcomeOf(act: string, patience = 8_000): Promise<Outcome> {
  if (!navigator.onLine) return Promise.resolve("later");
  return new Promise((done) => {
    const stop = new AbortController();
    const end = (outcome: Outcome): void => { stop.abort(); clearTimeout(timer); done(outcome); };
    const timer = setTimeout(() => end("later"), patience);
    const hears = (name: string, outcome: Outcome): void =>
      window.addEventListener(name, (event) => { if ((event as CustomEvent<{ id?: string }>).detail?.id === act) end(outcome); }, { signal: stop.signal });
    hears("outbox:sent", "sent");
    hears("outbox:refused", "refused");
    window.addEventListener("offline", () => end("later"), { signal: stop.signal });
  });
}

export async function findAct(user: string, act: string): Promise<OutboxItem | undefined> {
  return (await outboxOf(user)).find(({ id }) => id === act);
}
