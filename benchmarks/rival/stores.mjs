/* Where the rival of `chat` keeps a message before anybody hears of it: each `store(message)` answers its seq.
 *   none: nowhere · sqlite: one insert at a time · group: what arrived in one turn of the loop together · pg
 */
const TABLE = `CREATE TABLE IF NOT EXISTS said (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, thread_id TEXT NOT NULL,
  client_id TEXT NOT NULL UNIQUE, author TEXT NOT NULL, body TEXT NOT NULL, posted_at TEXT NOT NULL
)`;
const INDEX = "CREATE INDEX IF NOT EXISTS by_thread ON said (thread_id, seq)";
const COLUMNS = "(id, thread_id, client_id, author, body, posted_at)";
const values = (m) => [m.id, m.thread_id, m.client_id, m.author, m.body, m.posted_at];

async function openSqlite(path) {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${TABLE}; ${INDEX}`);
  const insert = database.prepare(`INSERT INTO said ${COLUMNS} VALUES (?, ?, ?, ?, ?, ?)`);
  return { database, keep: (message) => Number(insert.run(...values(message)).lastInsertRowid) };
}

async function sqlite(path) {
  const { keep } = await openSqlite(path);
  return keep;
}

async function group(path) {
  const { database, keep } = await openSqlite(path);
  let waiting = [];
  const write = () => {
    const batch = waiting;
    waiting = [];
    database.exec("BEGIN");
    const seqs = batch.map(({ message }) => keep(message));
    database.exec("COMMIT");
    batch.forEach(({ done }, place) => done(seqs[place]));
  };
  return (message) => new Promise((done) => {
    waiting.push({ message, done });
    if (waiting.length === 1) setImmediate(write);
  });
}

async function pg(url) {
  const { default: driver } = await import("pg");
  const pool = new driver.Pool({ connectionString: url, max: 10 });
  await pool.query(TABLE.replace("INTEGER PRIMARY KEY", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"));
  await pool.query(INDEX);
  const name = "keep", text = `INSERT INTO said ${COLUMNS} VALUES ($1, $2, $3, $4, $5, $6) RETURNING seq`;
  return async (message) => Number((await pool.query({ name, text, values: values(message) })).rows[0].seq);
}

function none() {
  let seq = 0;
  return () => (seq += 1);
}

export const open = (kind, place) => ({ none, sqlite, group, pg })[kind](place);
