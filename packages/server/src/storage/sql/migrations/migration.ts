import type { ColumnDefinitionBuilder, CreateTableBuilder, Kysely } from 'kysely'
import type { ColumnTypes } from '../dialects.ts'

/** What a migration builds with. All of it may be done again: a database may keep the half of a migration that failed. */
export interface MigrationTools {
  readonly types: ColumnTypes
  /** Makes a table that is not there. */
  table(name: string, define: (table: CreateTableBuilder<string>) => CreateTableBuilder<string>): Promise<void>
  /** Adds a column that is not there. */
  column(
    table: string,
    name: string,
    type: ColumnTypes[keyof ColumnTypes],
    define: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder,
  ): Promise<void>
  /** Makes an index that is not there. */
  index(name: string, table: string, columns: readonly string[], unique?: 'unique'): Promise<void>
  readonly db: Kysely<unknown>
}

/** One step of the schema. Once released it is never changed: what comes later is another one. */
export interface Migration {
  /** From 1, without gaps. */
  readonly number: number
  readonly name: string
  up(tools: MigrationTools): Promise<void>
}
