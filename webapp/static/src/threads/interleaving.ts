/* Two threads on one page, by time. Messages of one thread come in the order of their seqs, so a message goes
 * before the first one that is later than it. */
const LINES = ":scope > [data-at]:not([data-pending])";

export function placeByTime(talk: Element, element: HTMLElement): void {
  const at = element.dataset.at ?? "";
  const lines = [...talk.querySelectorAll<HTMLElement>(LINES)].reverse();
  const above = lines.find((line) => line !== element && (line.dataset.at ?? "") <= at);
  if (above) above.after(element);
  else talk.querySelector(LINES)?.before(element);
  if (!element.isConnected) talk.prepend(element);
}
