export type { DatabaseServer } from './database-server.ts'
export * from './describe-on-each-database.ts'
export { hasMariadb, startMariadb } from './mariadb.ts'
export { findPostgres, startPostgres } from './postgres.ts'
