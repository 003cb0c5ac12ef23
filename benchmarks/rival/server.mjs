/* The rival of `chat`: socket.io on Node, each message stored before anybody hears of it (stores.mjs says where).
 * It does what a chat must and no more: no rights, no rates, no unread marks, no notifications.
 *   PORT=5001 STORE=sqlite DATABASE=/tmp/rival.db node server.mjs
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Server } from "socket.io";
import { open } from "./stores.mjs";

const { PORT, STORE, DATABASE } = process.env;
const store = await open(STORE, DATABASE);
const http = createServer((_request, response) => response.end("ok"));
const io = new Server(http, { perMessageDeflate: false, pingInterval: 20_000, pingTimeout: 20_000 });

io.on("connection", (socket) => {
  const author = String(socket.handshake.auth.token);
  socket.on("thread.join", ({ thread_id }, acknowledge) => {
    socket.join(thread_id);
    acknowledge({ ok: true });
  });
  const say = (kept, seq, acknowledge) => {
    const message = { ...kept, seq, author: { name: author } };
    io.to(kept.thread_id).emit("message.posted", { message });
    acknowledge({ ok: true, message });
  };
  socket.on("message.send", ({ thread_id, client_id, body }, acknowledge) => {
    const kept = { id: randomUUID(), thread_id, client_id, author, body, posted_at: new Date().toISOString() };
    const seq = store(kept);
    if (typeof seq === "number") say(kept, seq, acknowledge);
    else seq.then((later) => say(kept, later, acknowledge));
  });
});

http.listen(Number(PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
