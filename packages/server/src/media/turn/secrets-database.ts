import { DatabaseSync } from 'node:sqlite'

/**
 * coturn has no way to go without a database: at each allocation it looks for secrets in one, besides that of its
 * configuration. Left to itself, every one of its threads makes the tables when the first people come, and whoever
 * meets a lock is refused with 401. So there is one from the start, empty, and to be made read-only: then nobody writes.
 */
export function writeSecretsDatabase(path: string): void {
  const database = new DatabaseSync(path)
  try {
    database.exec('create table turn_secret (realm varchar(127), value varchar(256), primary key (realm, value))')
  } finally {
    database.close()
  }
}
