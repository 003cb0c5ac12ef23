/* A <details> as a menu: arrows move, Escape and a click elsewhere close. Works as plain details without it. */
import { Controller } from "@hotwired/stimulus";

export default class MenuController extends Controller<HTMLDetailsElement> {
  #stop = new AbortController();

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.element.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    this.element.addEventListener("toggle", () => this.element.open && this.#items[0]?.focus(), { signal });
    document.addEventListener("click", (event) => {
      const inside = event.target instanceof Node && this.element.contains(event.target);
      if (!inside || (event.target as Element).closest(".menu__list :is(a, button)")) this.element.open = false;
    }, { signal });
    document.addEventListener("turbo:before-cache", () => { this.element.open = false; }, { signal });
  }

  override disconnect(): void {
    this.#stop.abort();
  }

  get #items(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>(".menu__list :is(a, button):not([disabled])")];
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.element.open) {
      this.element.open = false;
      this.element.querySelector("summary")?.focus();
      return;
    }
    const items = this.#items;
    const here = items.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined || !this.element.open) return;
    event.preventDefault();
    items[(next + items.length) % items.length]?.focus();
  }
}
