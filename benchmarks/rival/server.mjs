/* The rival of `chat`: socket.io on Node, each message stored in SQLite before anybody hears of it.
 * It does what a chat must and no more: no rights, no rates, no unread marks, no notifications.
 *   PORT=5001 DATABASE=/tmp/rival.db node server.mjs
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { Server } from "socket.io";

const database = new DatabaseSync(process.env.DATABASE);
database.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, thread_id TEXT NOT NULL,
    client_id TEXT NOT NULL UNIQUE, author TEXT NOT NULL, body TEXT NOT NULL, posted_at TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS by_thread ON messages (thread_id, seq);
`);
const store = database.prepare(
  "INSERT INTO messages (id, thread_id, client_id, author, body, posted_at) VALUES (?, ?, ?, ?, ?, ?)",
);

const http = createServer((_request, response) => response.end("ok"));
const io = new Server(http, { perMessageDeflate: false, pingInterval: 20_000, pingTimeout: 20_000 });

io.on("connection", (socket) => {
  const author = String(socket.handshake.auth.token);
  socket.on("thread.join", ({ thread_id }, acknowledge) => {
    socket.join(thread_id);
    acknowledge({ ok: true });
  });
  socket.on("message.send", ({ thread_id, client_id, body }, acknowledge) => {
    const id = randomUUID();
    const posted_at = new Date().toISOString();
    const { lastInsertRowid: seq } = store.run(id, thread_id, client_id, author, body, posted_at);
    const message = { id, seq, thread_id, client_id, author: { name: author }, body, posted_at };
    io.to(thread_id).emit("message.posted", { message });
    acknowledge({ ok: true, message });
  });
});

http.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
