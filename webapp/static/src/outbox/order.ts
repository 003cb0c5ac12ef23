/* Which acts go now, which wait for another, and what an answer makes of them. Plain logic: no page, no network. */
import type { OutboxItem, Refusal, Standing } from "../lib/store";

export const MOST = 20; // acts in one request
const LATER = new Set(["rate_limited", "unavailable", "depends_on"]);

export interface Result {
  id: string;
  status: "done" | "repeated" | "refused" | "conflict";
  result?: unknown;
  error?: Refusal;
  conflict?: { yours: unknown; now: Standing | null };
}

/* The act before it on the same thing that is still on its way: it must not overtake that one. What was refused
 * before it was written is another matter, and holds nothing up. */
export function parentsOf(about: string | undefined, before: readonly OutboxItem[]): string[] {
  const last = about ? before.filter((item) => item.about === about && (item.state === "waiting" || item.state === "sending")).at(-1) : undefined;
  return last ? [last.id] : [];
}

const stopped = (item: OutboxItem): boolean => item.state === "refused" || item.state === "conflict";

/* The refused act that holds this one up, through however many others. */
export function heldBy(item: OutboxItem, items: readonly OutboxItem[]): OutboxItem | undefined {
  const byId = new Map(items.map((other) => [other.id, other]));
  const seen = new Set<string>();
  const asked = [...(item.after ?? [])];
  for (let id = asked.pop(); id; id = asked.pop()) {
    const parent = byId.get(id);
    if (!parent || seen.has(id)) continue;
    seen.add(id);
    if (stopped(parent)) return parent;
    asked.push(...(parent.after ?? []));
  }
  return undefined;
}

const hasFiles = ({ payload }: OutboxItem): boolean => ((payload.files as unknown[] | undefined) ?? []).length > 0;

/* What goes in one request, in order: an act with files goes alone, since they travel first. */
export function nextBatch(items: readonly OutboxItem[], most = MOST): OutboxItem[] {
  const free = items.filter((item) => (item.state === "waiting" || item.state === "sending") && !heldBy(item, items));
  const files = free.findIndex(hasFiles);
  if (files === 0) return free.slice(0, 1);
  return free.slice(0, files > 0 ? Math.min(files, most) : most);
}

/* Acts it follows that are still here: the others have happened, or were dropped. */
export function openParents(item: OutboxItem, items: readonly OutboxItem[]): string[] {
  return (item.after ?? []).filter((id) => items.some((other) => other.id === id));
}

export const isLater = (result: Result): boolean => result.status === "refused" && LATER.has(result.error?.code ?? "");
export const happened = (result: Result): boolean => result.status === "done" || result.status === "repeated";

/* The item as it is once the server has answered. */
export function settled(item: OutboxItem, result: Result, at: string): OutboxItem {
  const { step: _step, error: _error, now: _now, ...rest } = item;
  if (happened(result)) return { ...rest, state: "sent", sent_at: at, payload: {} };
  if (isLater(result)) return { ...rest, state: "waiting" };
  const error = result.error ?? { code: "refused", message: "" };
  if (result.status === "conflict") return { ...rest, state: "conflict", error, now: result.conflict?.now ?? null };
  return { ...rest, state: "refused", error };
}
