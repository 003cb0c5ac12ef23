/* A dialog as a sheet. Anything with data-sheet-open="<id>" opens it; backdrop, Escape and the cross close it. */
import { Controller } from "@hotwired/stimulus";

export default class SheetController extends Controller<HTMLDialogElement> {
  static override values = { shown: Boolean };
  declare shownValue: boolean;

  #stop = new AbortController();

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    document.addEventListener("click", (event) => this.#openFrom(event), { signal });
    this.element.addEventListener("click", (event) => this.#closeOnBackdrop(event), { signal });
    // The snapshot that Turbo keeps must not come back with a modal that is none.
    document.addEventListener("turbo:before-cache", () => this.close(), { signal });
    if (this.shownValue) this.open();
  }

  override disconnect(): void {
    this.#stop.abort();
  }

  open(): void {
    if (!this.element.open) this.element.showModal();
  }

  close(): void {
    if (this.element.open) this.element.close();
  }

  #openFrom(event: MouseEvent): void {
    const opener = event.target instanceof Element && event.target.closest(`[data-sheet-open="${CSS.escape(this.element.id)}"]`);
    if (!opener || event.defaultPrevented || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    this.open();
  }

  #closeOnBackdrop(event: MouseEvent): void {
    if (event.target !== this.element) return;
    const box = this.element.getBoundingClientRect();
    const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    if (outside) this.close();
  }
}
