/* A visit that waits on the device, in the place of its form: says when it has left, or why it did not. */
import { Controller } from "@hotwired/stimulus";
import { actorId } from "../lib/page";
import { reasonOf } from "../outbox/words";
import { findAct } from "./outcome";

export default class VisitKeptController extends Controller<HTMLElement> {
  static override values = { act: String };
  static override targets = ["state", "reason", "done"];
  declare readonly actValue: string;
  declare readonly stateTargets: HTMLElement[];
  declare readonly reasonTarget: HTMLElement;
  declare readonly doneTarget: HTMLAnchorElement;

  #stop = new AbortController();

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    for (const name of ["outbox:changed", "online", "offline"]) window.addEventListener(name, () => void this.show(), { signal });
    void this.show();
  }

  override disconnect(): void { this.#stop.abort(); }

  async show(): Promise<void> {
    const user = actorId();
    const item = user ? await findAct(user, this.actValue).catch(() => undefined) : undefined;
    const state = !item ? "sent" : item.state === "refused" || item.state === "conflict" ? "refused" : navigator.onLine ? "sending" : "waiting";
    for (const part of this.stateTargets) part.hidden = part.dataset.state !== state;
    if (item) this.reasonTarget.textContent = reasonOf(item);
    this.doneTarget.href = `/visits/${this.actValue}`;
  }
}
