/* One live connection for the whole visit: it is loaded after the first paint and survives Turbo's page changes.
 * Its state is told on window: "socket:connected", "socket:disconnected". */
import type { Socket } from "socket.io-client";
import { actorId, leaveForSignIn } from "./page";

const AGAIN = 5_000;
let opening: Promise<Socket> | null = null;
let owner: string | null = null;

const tell = (state: string, detail?: unknown): boolean => window.dispatchEvent(new CustomEvent(`socket:${state}`, { detail }));

async function open(): Promise<Socket> {
  const mine = owner;
  const { io } = await import("socket.io-client");
  // Websocket first: polling needs sticky sessions behind several processes, and is slower.
  const socket = io({ transports: ["websocket", "polling"], tryAllTransports: true, reconnectionDelayMax: 10_000 });
  socket.on("connect", () => tell("connected", { recovered: socket.recovered }));
  socket.on("disconnect", (reason) => tell("disconnected", { reason }));
  // A refusal is final for the library; a server without its database will have it again.
  socket.on("connect_error", (error) => {
    if (error.message !== "unavailable" && error.message !== "server_error") return;
    setTimeout(() => { if (opening !== null && owner === mine) socket.connect(); }, AGAIN);
  });
  socket.on("session.ended", (ended?: { reason?: string }) => {
    socket.disconnect();
    leaveForSignIn(ended?.reason ?? "ended");
  });
  return socket;
}

/* The connection of who is signed in; another person on the same device gets another one. */
export function connection(): Promise<Socket> {
  const actor = actorId();
  if (opening && owner !== actor) {
    void opening.then((socket) => socket.disconnect());
    opening = null;
  }
  owner = actor;
  opening ??= open().catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

/* Listens to a server event; returns how to stop. */
export function onServer<Payload>(event: string, handler: (payload: Payload) => void): () => void {
  let stopped = false;
  let stop = (): void => undefined;
  void connection().then((socket) => {
    if (stopped) return;
    const listen = handler as (payload: unknown) => void;
    socket.on(event, listen);
    stop = () => socket.off(event, listen);
  }, () => undefined);
  return () => {
    stopped = true;
    stop();
  };
}

export class AckError extends Error {
  constructor(readonly code: string, message: string, readonly retryAfter?: number) {
    super(message);
    this.name = "AckError";
  }
  get again(): boolean { return ["offline", "rate_limited", "unavailable"].includes(this.code); }
}

type Ack<Answer> = ({ ok: true } & Answer) | { ok: false; error: { code: string; message?: string; retry_after?: number } };

/* Sends and waits for the acknowledgement. Every refusal, and silence, is an AckError. */
export async function emitAck<Answer = object>(event: string, payload: unknown, timeout = 8_000): Promise<Answer> {
  let ack: Ack<Answer>;
  try {
    const socket = await connection();
    // Not connected means now, not later: the outbox keeps what must not be lost, not the library's buffer.
    if (!socket.connected) throw new Error("not connected");
    ack = (await socket.timeout(timeout).emitWithAck(event, payload)) as Ack<Answer>;
  } catch (error) {
    throw new AckError("offline", error instanceof Error ? error.message : String(error));
  }
  if (!ack.ok) throw new AckError(ack.error.code, ack.error.message ?? ack.error.code, ack.error.retry_after);
  return ack;
}
