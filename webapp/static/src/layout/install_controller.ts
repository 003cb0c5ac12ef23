/* Offers to install the app once it has been useful on two visits, never while somebody writes: features dispatch
 * "useful:moment" on window after a message sent, an alert acknowledged, an import done. Anything with data-install
 * asks for it at any time. */
import { Controller } from "@hotwired/stimulus";
import { isWriting } from "../lib/page";
import { showToast } from "../lib/toast";
import { mayOffer, noted, read } from "./installing";
import { t } from "./strings";

interface InstallPrompt extends Event {
  prompt(): Promise<void>;
}

const USEFUL = "encours.useful";

/* A visit lasts as long as its tab. */
function visit(): string {
  const known = sessionStorage.getItem(USEFUL) ?? String(Date.now());
  sessionStorage.setItem(USEFUL, known);
  return known;
}

let prompt: InstallPrompt | null = null;
window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  prompt = event as InstallPrompt;
});

const installed = (): boolean => matchMedia("(display-mode: standalone)").matches || "standalone" in navigator && navigator.standalone === true;
const onIos = (): boolean => /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1);

export default class InstallController extends Controller<HTMLElement> {
  #stop = new AbortController();

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    window.addEventListener("useful:moment", () => this.#offer(), { signal });
    document.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-install]")) this.install();
    }, { signal });
  }

  override disconnect(): void {
    this.#stop.abort();
  }

  install(): void {
    if (prompt) {
      void prompt.prompt();
      prompt = null;
    } else this.element.querySelector("dialog")?.showModal();
  }

  #offer(): void {
    const useful = noted(read(localStorage.getItem(USEFUL)), visit());
    const now = Date.now();
    const offer = !installed() && Boolean(prompt || onIos()) && !isWriting() && mayOffer(useful, now);
    localStorage.setItem(USEFUL, JSON.stringify(offer ? { ...useful, asked: now } : useful));
    if (offer) showToast(t("installOffer"), { icon: "download", seconds: 10, action: { label: t(prompt ? "install" : "how"), run: () => this.install() } });
  }
}
