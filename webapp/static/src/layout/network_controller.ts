/* The bar at the very top: says that the network is gone and how many acts wait for it, or that some were refused.
 * It is on every page, and so what sends them starts here. */
import { Controller } from "@hotwired/stimulus";
import { actorId } from "../lib/page";
import { outboxOf, type OutboxItem } from "../lib/store";
import { t } from "../outbox/strings";

/* Longer than a server takes to answer: it cannot be reached, whatever the browser says of the network. */
const LATE_MS = 10_000;
const late = ({ made_at }: OutboxItem): boolean => Date.now() - Date.parse(made_at) > LATE_MS;
const stopped = ({ state }: OutboxItem): boolean => state === "refused" || state === "conflict";

export default class NetworkController extends Controller<HTMLElement> {
  static override targets = ["offline", "stuck", "outbox", "see"];
  declare readonly offlineTarget: HTMLElement;
  declare readonly stuckTarget: HTMLElement;
  declare readonly outboxTarget: HTMLElement;
  declare readonly seeTarget: HTMLElement;

  #stop = new AbortController();

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    for (const name of ["online", "offline", "outbox:changed", "resize"]) {
      window.addEventListener(name, () => void this.show(), { signal });
    }
    void this.show();
    if (!actorId()) return;
    const idle = window.requestIdleCallback ?? ((run: () => void) => window.setTimeout(run, 200));
    idle(() => {
      void import("../outbox/replay").then(({ startReplay }) => startReplay());
      void import("../portfolio/refresh").then(({ keepSoon }) => keepSoon());
    });
    window.addEventListener("online", () => void import("../portfolio/refresh").then(({ keepSoon }) => keepSoon()), { signal });
  }

  override disconnect(): void {
    this.#stop.abort();
  }

  async show(): Promise<void> {
    const offline = !navigator.onLine;
    document.documentElement.toggleAttribute("data-offline", offline);
    const actor = actorId();
    const items = actor ? await outboxOf(actor).catch(() => []) : [];
    if (this.#stop.signal.aborted) return;
    const refused = items.filter(stopped).length;
    const waiting = items.filter(late).length;
    const aside = !offline && refused + waiting > 0;
    this.element.hidden = !offline && !aside;
    this.offlineTarget.hidden = !offline;
    this.stuckTarget.hidden = !aside;
    this.outboxTarget.hidden = !offline || !items.length;
    this.seeTarget.hidden = !aside;
    const [words, use] = [this.stuckTarget.querySelector("span"), this.stuckTarget.querySelector("use")];
    if (words) words.textContent = refused ? t("unsent", { n: refused }) : t("late", { n: waiting });
    use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, refused ? "#i-octagon-alert" : "#i-clock"));
    // What leaves within a moment is not counted: it would come and go with every message.
    this.#count(items.filter((item) => offline || stopped(item) || late(item)).length);
    // Sticky headers stand under the bar, however many lines it takes.
    document.documentElement.style.setProperty("--net-h", this.element.hidden ? "0px" : `${this.element.offsetHeight}px`);
  }

  #count(waiting: number): void {
    const number = this.outboxTarget.querySelector("[data-number]");
    if (number) number.textContent = String(waiting);
    for (const place of document.querySelectorAll<HTMLElement>("[data-outbox-place]")) {
      place.hidden = waiting === 0;
      const figure = place.querySelector("[data-number]");
      if (figure) figure.textContent = waiting > 99 ? "99+" : String(waiting);
    }
  }
}
