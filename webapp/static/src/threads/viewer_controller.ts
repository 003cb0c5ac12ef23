/* A photo of the conversation over the whole screen, and the next one: swipe, arrows, Escape. */
import { Controller } from "@hotwired/stimulus";

const SWIPE = 48;

export default class ViewerController extends Controller<HTMLElement> {
  #dialog: HTMLDialogElement | null = null;
  #current: HTMLAnchorElement | null = null;

  override disconnect(): void {
    this.#dialog?.remove();
    this.#dialog = null;
  }

  open(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-photo]") : null;
    if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const dialog = this.#dialog ?? this.#make();
    this.#show(link);
    if (!dialog.open) dialog.showModal();
  }

  #make(): HTMLDialogElement {
    const dialog = document.querySelector<HTMLTemplateElement>("template#viewer")?.content.firstElementChild?.cloneNode(true) as HTMLDialogElement;
    document.body.append(dialog);
    this.#dialog = dialog;
    dialog.addEventListener("click", (event) => this.#pressed(event));
    dialog.addEventListener("keydown", ({ key }) => this.#step({ ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0));
    let from = 0;
    dialog.addEventListener("touchstart", ({ touches }) => { from = touches.length === 1 ? (touches[0]?.clientX ?? 0) : 0; }, { passive: true });
    dialog.addEventListener("touchend", ({ changedTouches }) => {
      const by = from ? (changedTouches[0]?.clientX ?? from) - from : 0;
      if (Math.abs(by) > SWIPE) this.#step(by < 0 ? 1 : -1);
    });
    dialog.addEventListener("close", () => this.#current?.focus());
    document.addEventListener("turbo:before-cache", () => { dialog.remove(); this.#dialog = null; }, { once: true });
    return dialog;
  }

  #pressed({ target }: MouseEvent): void {
    const pressed = target as Element;
    const step = pressed.closest<HTMLElement>("[data-step]")?.dataset.step;
    if (step) this.#step(Number(step));
    else if (pressed === this.#dialog || pressed.closest("[data-close]")) this.#dialog?.close();
  }

  #step(by: number): void {
    const photos = this.#photos;
    const next = this.#current && photos[photos.indexOf(this.#current) + by];
    if (by && next) this.#show(next);
  }

  #show(link: HTMLAnchorElement): void {
    this.#current = link;
    const photos = this.#photos;
    const at = photos.indexOf(link);
    const picture = this.#dialog?.querySelector("img");
    if (picture) { picture.src = link.href; picture.alt = link.querySelector("img")?.alt ?? ""; }
    const words = this.#dialog?.querySelector(".cut");
    if (words) words.textContent = link.dataset.name ?? "";
    this.#dialog?.querySelector("a[download]")?.setAttribute("href", `/files/${link.dataset.photo}`);
    this.#dialog?.querySelectorAll<HTMLButtonElement>("[data-step]").forEach((button) => {
      button.disabled = !photos[at + Number(button.dataset.step)];
    });
  }

  get #photos(): HTMLAnchorElement[] { return [...this.element.querySelectorAll<HTMLAnchorElement>("a[data-photo]")]; }
}
