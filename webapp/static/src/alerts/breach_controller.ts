/* A breach that arrives while any page is open: said at once, with a way to it. */
import { visit } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { actorId } from "../lib/page";
import { onServer } from "../lib/socket";
import { showToast } from "../lib/toast";
import { t } from "./strings";

interface Raised {
  alert: { id: string; kind: string; client?: { name: string } };
}

const SECONDS = 12;

export default class BreachController extends Controller<HTMLElement> {
  #stop: (() => void) | undefined;

  override connect(): void {
    if (!actorId()) return;
    // After the first paint: the socket is no part of the first load.
    const idle = window.requestIdleCallback ?? ((run: () => void) => window.setTimeout(run, 200));
    idle(() => {
      if (this.element.isConnected) this.#stop = onServer<Raised>("alert.raised", ({ alert }) => this.#say(alert));
    });
  }

  override disconnect(): void {
    this.#stop?.();
  }

  #say({ id, kind, client }: Raised["alert"]): void {
    if (kind !== "limit_breach" && kind !== "delay_breach") return;
    showToast(t(kind, { client: client?.name ?? "" }), {
      icon: "octagon-alert",
      seconds: SECONDS,
      action: { label: t("see"), run: () => visit(`/alerts/${id}`) },
    });
  }
}
