/* The @word being typed, and what replaces it. Plain logic. */
export interface Asked { start: number; word: string }

/* The mention under the caret: an @ at the start of a word, and what follows it up to the caret. */
export function askedAt(text: string, caret: number): Asked | null {
  const found = /(?:^|[^\p{L}\p{N}_@.])@([\p{L}\p{N}._-]{0,30})$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const word = found[1] ?? "";
  return { start: caret - word.length - 1, word };
}

export function withHandle(text: string, caret: number, asked: Asked, handle: string): { text: string; caret: number } {
  const put = `@${handle} `;
  return { text: text.slice(0, asked.start) + put + text.slice(caret).replace(/^ /, ""), caret: asked.start + put.length };
}

/* Roles that the word asks for, by the start of their handle or of a word of their name; all of them without a word. */
export function groupsFor<Group extends { handle: string; name: string }>(word: string, groups: readonly Group[]): Group[] {
  const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const wanted = plain(word);
  const answers = (text: string): boolean => plain(text).split(/[\s’'-]+/).some((part) => part.startsWith(wanted));
  return groups.filter(({ handle, name }) => answers(handle) || (wanted.length > 1 && answers(name)));
}
