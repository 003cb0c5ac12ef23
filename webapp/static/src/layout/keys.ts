/* Going through lists by keyboard: what a key means where somebody stands. Plain logic. */
export type Act = "next" | "before" | "search" | "leave" | null;

export interface Standing { typing: boolean; searching: boolean; on: "nothing" | "row" | "else"; dialog: boolean; off: boolean }

const ACTS: Record<string, Act> = { j: "next", k: "before", "/": "search", Escape: "leave" };

/* Whether a key may mean anything here: asked at every press, before the page is looked at. */
export const isKey = (key: string): boolean => Object.hasOwn(ACTS, key);

/* Somebody who types, or stands on another control, means that; a search and a row are left with Esc. */
export function actOf(key: string, { typing, searching, on, dialog, off }: Standing): Act {
  const act = ACTS[key] ?? null;
  if (dialog || !act) return null;
  if (act === "leave") return searching || on === "row" ? act : null;
  return off || typing || on === "else" ? null : act;
}

/* Which row comes next; from outside the list the current one, else the first. */
export function neighbour(rows: number, focused: number, current: number, act: "next" | "before"): number {
  if (!rows) return -1;
  if (focused < 0) return Math.max(0, current);
  return Math.min(rows - 1, Math.max(0, focused + (act === "next" ? 1 : -1)));
}
