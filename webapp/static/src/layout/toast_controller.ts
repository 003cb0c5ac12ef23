/* Moves what the server said into the region that screen readers watch. */
import { Controller } from "@hotwired/stimulus";
import { placeToast } from "../lib/toast";

const BETWEEN = 4;

export default class ToastController extends Controller<HTMLElement> {
  #timers: ReturnType<typeof setTimeout>[] = [];

  override connect(): void {
    const toasts = [...this.element.querySelectorAll<HTMLElement>(".toast")];
    this.element.hidden = true;
    toasts.forEach((toast, index) => {
      // One at a time; a beat after the page, or nothing is read aloud.
      this.#timers.push(setTimeout(() => placeToast(toast, toast.querySelector("button") ? 6 : BETWEEN), 120 + index * BETWEEN * 1000));
    });
  }

  override disconnect(): void {
    this.#timers.forEach(clearTimeout);
  }
}
