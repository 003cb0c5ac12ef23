/* Registers a controller the first time its name appears in the page, also after a Turbo render or stream. */
import type { Application, ControllerConstructor } from "@hotwired/stimulus";
import { holdActs } from "./held_acts";

type Loader = () => Promise<{ default: ControllerConstructor }>;

/* A task of its own for what follows: fingers and paint come between. */
const nextTask = (): Promise<void> =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); done(); };
    port2.postMessage(null);
  });

export function loadControllers(application: Application, loaders: Record<string, Loader>): void {
  const asked = new Set<string>();
  const coming = new Map<string, Promise<void>>();
  let line = Promise.resolve();
  const turn = (): Promise<void> => (line = line.then(nextTask));

  const load = async (identifier: string, loader: Loader): Promise<void> => {
    try {
      await turn();
      const { default: controller } = await loader();
      await turn();
      application.register(identifier, controller);
    } catch (error) {
      // Offline before the worker kept it, or a build replaced it: the next appearance tries again.
      asked.delete(identifier);
      console.error(`controller ${identifier}`, error);
      window.dispatchEvent(new CustomEvent("build:gone"));
    } finally {
      coming.delete(identifier);
    }
  };

  const loadOf = (element: Element): void => {
    for (const identifier of (element.getAttribute("data-controller") ?? "").split(/\s+/)) {
      const loader = loaders[identifier];
      if (!loader || asked.has(identifier)) continue;
      asked.add(identifier);
      coming.set(identifier, load(identifier, loader));
    }
  };

  /* The content of the page first, then what stands around it. */
  const loadWithin = (root: Element): void => {
    if (root.hasAttribute("data-controller")) loadOf(root);
    root.querySelectorAll("main [data-controller]").forEach(loadOf);
    root.querySelectorAll("[data-controller]").forEach(loadOf);
  };

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") loadOf(change.target as Element);
      change.addedNodes.forEach((node) => node instanceof Element && loadWithin(node));
    }
  }).observe(document.documentElement, { subtree: true, childList: true, attributeFilter: ["data-controller"] });
  holdActs((identifier) => coming.get(identifier));
  loadWithin(document.documentElement);
}
