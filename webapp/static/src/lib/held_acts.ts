/* What is pressed or typed before the controller that answers has come waits for it and is then done: no press is
 * lost, and no form leaves by the plain way while the script that sends it better is on its way. */
const USUAL: Record<string, string> = { form: "submit", input: "input", textarea: "input", select: "change", details: "toggle" };
const PATIENCE_MS = 8_000;
const ACTION = /^(?:([\w:-]+)[^\s>]*->)?([\w-]+)#/;

/* `coming` says when a controller named in the page and not here yet will be; undefined when nothing is awaited. */
type Coming = (identifier: string) => Promise<void> | undefined;

function usualEvent(element: Element): string {
  const name = element.localName;
  return name === "input" && (element as HTMLInputElement).type === "submit" ? "click" : (USUAL[name] ?? "click");
}

function arrivals(event: Event, coming: Coming): Promise<void>[] {
  const found: Promise<void>[] = [];
  for (const element of event.composedPath()) {
    if (!(element instanceof Element)) continue;
    for (const descriptor of (element.getAttribute("data-action") ?? "").split(/\s+/)) {
      const [, name, identifier] = ACTION.exec(descriptor) ?? [];
      const arrival = identifier && (name ?? usualEvent(element)) === event.type ? coming(identifier) : undefined;
      if (arrival) found.push(arrival);
    }
  }
  return found;
}

function repeat(target: Element, event: Event): void {
  if (event instanceof SubmitEvent && target instanceof HTMLFormElement) {
    target.requestSubmit(event.submitter?.isConnected ? event.submitter : null);
  } else if (event instanceof MouseEvent) {
    target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, view: window }));
  } else {
    target.dispatchEvent(new Event(event.type, { bubbles: true }));
  }
}

export function holdActs(coming: Coming): void {
  const waiting = new WeakMap<Element, Set<string>>();
  const letGo = new WeakSet<Element>();

  const hold = (event: Event): void => {
    const { target, type } = event;
    if (!(target instanceof Element) || letGo.has(target)) return;
    if (event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    const awaited = arrivals(event, coming);
    if (!awaited.length) return;
    if (type === "submit" || type === "click") { event.preventDefault(); event.stopImmediatePropagation(); }
    const held = waiting.get(target) ?? new Set();
    waiting.set(target, held);
    if (held.has(type)) return;
    held.add(type);
    const patience = new Promise((done) => { setTimeout(done, PATIENCE_MS); });
    void Promise.race([Promise.all(awaited), patience]).then(() => {
      held.delete(type);
      if (!target.isConnected) return;
      letGo.add(target); // once more it is not asked about: without its script a form still leaves
      repeat(target, event);
      letGo.delete(target);
    });
  };
  for (const type of ["submit", "click", "change", "input"]) window.addEventListener(type, hold, { capture: true });
}
