/* Going anywhere in a long conversation: its ends come as one scrolls, a message far away by its address. */
const AHEAD = "300px";

/* Presses these buttons when they come near the screen. */
export function watchEnds(ends: readonly HTMLElement[], signal: AbortSignal): void {
  const observer = new IntersectionObserver((entries) => {
    entries.filter(({ isIntersecting }) => isIntersecting).forEach(({ target }) => (target as HTMLElement).click());
  }, { rootMargin: AHEAD });
  ends.forEach((end) => observer.observe(end));
  signal.addEventListener("abort", () => observer.disconnect());
}

/* The address that shows message `seq` when it is not on this page; null when it is, or is no message. */
export function addressOf(hash: string, here: string, query: string, last: number, shown: (seq: number) => boolean): string | null {
  const seq = Number(/^#m-(\d{1,12})$/.exec(hash)?.[1] ?? 0);
  if (!seq || seq > last || shown(seq) || new URLSearchParams(query).get("seq") === String(seq)) return null;
  return `${here}?seq=${seq}#m-${seq}`;
}
