/* Sends a form as one types (later) or at a choice (now). */
import { Controller } from "@hotwired/stimulus";

const PATIENCE = 250;

export default class AutosubmitController extends Controller<HTMLFormElement> {
  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnect(): void {
    clearTimeout(this.#timer);
  }

  later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), PATIENCE);
  }

  now(): void {
    clearTimeout(this.#timer);
    this.element.requestSubmit();
  }
}
