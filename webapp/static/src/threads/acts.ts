/* Cards of acts: a frame whose content is the server's, asked for again when the act has changed. */
type Frame = HTMLElement & { src: string | null; reload(): Promise<void> };

export function actFrame(threadId: string, { kind, id }: { kind: string; id: string }): HTMLElement {
  const frame = document.createElement("turbo-frame") as Frame;
  frame.className = "act-frame";
  frame.id = `act-${id}`;
  frame.setAttribute("target", "_top");
  frame.dataset.url = `/threads/${threadId}/acts/${kind}/${id}`;
  frame.src = frame.dataset.url;
  return frame;
}

/* Every card of this act on the page, or of all of them, as they stand now. */
export function refreshActs(root: ParentNode, id?: string): void {
  for (const frame of root.querySelectorAll<Frame>(id ? `turbo-frame[id="act-${CSS.escape(id)}"]` : "turbo-frame.act-frame")) {
    if (frame.src) void frame.reload();
    else frame.src = frame.dataset.url ?? null;
  }
}
