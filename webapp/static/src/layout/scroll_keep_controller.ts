/* Keeps where a pane was scrolled to across visits, by key, so that the list does not jump. */
import { Controller } from "@hotwired/stimulus";

const kept = new Map<string, number>();

export default class ScrollKeepController extends Controller<HTMLElement> {
  static override values = { key: String };
  declare readonly keyValue: string;

  #remember = (): void => void kept.set(this.keyValue, this.element.scrollTop);

  override connect(): void {
    const current = this.element.querySelector('[aria-current="true"]');
    const before = kept.get(this.keyValue);
    if (before !== undefined) this.element.scrollTop = before;
    // Reached by a link from elsewhere: the row in question is brought into view.
    else if (this.element.scrollHeight > this.element.clientHeight) current?.scrollIntoView({ block: "center" });
    this.element.addEventListener("scroll", this.#remember, { passive: true });
  }

  override disconnect(): void {
    this.element.removeEventListener("scroll", this.#remember);
  }
}
