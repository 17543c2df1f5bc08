// Hocuspocus as its documentation sets it up, with a SQLite file. Its own SQLite extension is this Database extension on
// better-sqlite3, which would have to be compiled here; Node's own SQLite takes its place.
//
// Arguments: the folder of the data, and the flush delay in milliseconds or "default".
import { DatabaseSync } from 'node:sqlite'
import path from 'node:path'
import { Server } from '@hocuspocus/server'
import { Database } from '@hocuspocus/extension-database'

const [folder, flush] = process.argv.slice(2)
const database = new DatabaseSync(path.join(folder, 'boards.sqlite'))
database.exec('CREATE TABLE IF NOT EXISTS boards (name TEXT PRIMARY KEY, state BLOB NOT NULL)')
const select = database.prepare('SELECT state FROM boards WHERE name = ?')
const upsert = database.prepare(
  'INSERT INTO boards (name, state) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET state = excluded.state',
)

const server = new Server({
  port: Number(process.env.PORT),
  address: '127.0.0.1',
  quiet: true,
  ...(flush === 'default' ? {} : { flushDelay: Number(flush) }),
  extensions: [
    new Database({
      fetch: async ({ documentName }) => select.get(documentName)?.state ?? null,
      store: async ({ documentName, state }) => {
        upsert.run(documentName, state)
      },
    }),
  ],
})
await server.listen()
console.log(JSON.stringify({ port: Number(process.env.PORT) }))
