/* What scrolls a conversation: the page on phones, the pane on wider screens. */
const NEAR = 140;

export class Scrolling {
  constructor(private readonly inside: HTMLElement) {}

  get place(): Element {
    const pane = this.inside.closest(".pane");
    const own = pane && /auto|scroll/.test(getComputedStyle(pane).overflowY);
    return own ? pane : (document.scrollingElement ?? document.documentElement);
  }

  get source(): EventTarget { return this.place === document.scrollingElement ? window : this.place; }

  atEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.place;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd(): void { this.place.scrollTop = this.place.scrollHeight; }

  to(element: Element): void { element.scrollIntoView({ block: "center" }); }

  /* Runs `change`, which adds something above, and keeps what is read in place. */
  keeping(change: () => void): void {
    const before = this.place.scrollHeight - this.place.scrollTop;
    change();
    this.place.scrollTop = this.place.scrollHeight - before;
  }
}
