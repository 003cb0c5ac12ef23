/* Says what was done, one at a time: 6 s with an act, 4 s without. Never for an error that needs an act. */
interface Options {
  icon?: string;
  action?: { label: string; run: () => void };
  seconds?: number;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/* Puts a toast into the region that screen readers watch; staying: until another one comes. */
export function placeToast(toast: HTMLElement, seconds: number): void {
  const region = document.getElementById("toasts");
  if (!region) return;
  clearTimeout(timer);
  region.replaceChildren(toast);
  if (Number.isFinite(seconds)) timer = setTimeout(() => toast.remove(), seconds * 1000);
  // Someone about to press the button keeps it.
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
}

export function showToast(text: string, { icon = "check", action, seconds = action ? 6 : 4 }: Options = {}): HTMLElement | null {
  const template = document.querySelector<HTMLTemplateElement>("template#toast");
  const toast = template?.content.firstElementChild?.cloneNode(true);
  if (!(toast instanceof HTMLElement)) return null;
  const use = toast.querySelector("use");
  use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#i-${icon}`));
  const words = toast.querySelector("span");
  if (words) words.textContent = text;
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action.label;
    button.addEventListener("click", () => {
      toast.remove();
      action.run();
    });
    toast.append(button);
  }
  placeToast(toast, seconds);
  return toast;
}
