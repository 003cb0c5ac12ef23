/* In place of a page that needs the network: what this device holds all the same. */
import { Controller } from "@hotwired/stimulus";
import { countOutbox, findOwner } from "../lib/store";
import { findAbout } from "../portfolio/kept";
import { since } from "../portfolio/words";
import { sharedFiles } from "./shared";
import { t } from "./strings";

export default class OnDeviceController extends Controller<HTMLElement> {
  static override targets = ["list", "clients", "since", "waiting", "shared"];
  declare readonly listTarget: HTMLElement;
  declare readonly clientsTarget: HTMLElement;
  declare readonly sinceTarget: HTMLElement;
  declare readonly waitingTarget: HTMLElement;
  declare readonly sharedTarget: HTMLElement;

  #stop = new AbortController();

  override connect(): void {
    this.#stop = new AbortController();
    window.addEventListener("online", () => location.reload(), { signal: this.#stop.signal });
    void this.#show();
  }

  override disconnect(): void {
    this.#stop.abort();
  }

  async #show(): Promise<void> {
    const owner = await findOwner();
    if (!owner) return;
    const [about, waiting, shared] = await Promise.all([findAbout(owner), countOutbox(owner), sharedFiles(owner)]);
    this.#say(this.clientsTarget, "clients", about?.lines.length ?? 0);
    this.#say(this.waitingTarget, "waiting", waiting);
    this.#say(this.sharedTarget, "shared", shared.length);
    if (about) this.sinceTarget.textContent = since(about.at);
    this.listTarget.hidden = !about?.lines.length && !waiting && !shared.length;
  }

  #say(place: HTMLElement, key: "clients" | "waiting" | "shared", n: number): void {
    const line = place.closest<HTMLElement>("li");
    if (line) line.hidden = !n;
    place.textContent = t(key, { n });
  }
}
