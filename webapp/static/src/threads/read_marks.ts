/* What has been on screen is read: told at most every 400 ms, and only while the page is looked at. */
import { emitAck } from "../lib/socket";

const PATIENCE = 400;

export class ReadMarks {
  #seen = 0;
  #told: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #observer: IntersectionObserver;

  constructor(private readonly threadId: string, read: number, signal: AbortSignal) {
    this.#told = read;
    this.#observer = new IntersectionObserver((entries) => this.#onSeen(entries));
    document.addEventListener("visibilitychange", () => this.#later(), { signal });
    window.addEventListener("socket:connected", () => this.#later(), { signal });
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#observer.disconnect();
    });
  }

  watch(element: HTMLElement): void { this.#observer.observe(element); }

  #onSeen(entries: IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) this.#seen = Math.max(this.#seen, Number((target as HTMLElement).dataset.seq));
    }
    this.#later();
  }

  #later(): void {
    clearTimeout(this.#timer);
    if (this.#seen > this.#told && document.visibilityState === "visible") this.#timer = setTimeout(() => void this.#tell(), PATIENCE);
  }

  async #tell(): Promise<void> {
    try {
      const { seq } = await emitAck<{ seq: number }>("thread.read", { thread_id: this.threadId, seq: this.#seen });
      this.#told = seq;
    } catch {
      // The next sight or connection tells it.
    }
  }
}
