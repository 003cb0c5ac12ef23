/* What one page or the worker does, told to every page of the device: an event on window, here and elsewhere. */
interface Said { name: string; detail: unknown }
const here = globalThis as unknown as { document?: unknown; registration?: unknown; dispatchEvent?: (event: Event) => boolean };
const inPage = here.document !== undefined;
const channel = (inPage || here.registration !== undefined) && typeof BroadcastChannel !== "undefined" ? new BroadcastChannel("encours") : null;

const dispatch = ({ name, detail }: Said): void => {
  if (inPage) here.dispatchEvent?.(new CustomEvent(name, { detail }));
};
channel?.addEventListener("message", (event) => dispatch(event.data as Said));

export function tell(name: string, detail: unknown = null): void {
  dispatch({ name, detail });
  channel?.postMessage({ name, detail });
}
