import { migration0001 } from './0001-conversations-that-last.ts'
import { migration0002 } from './0002-which-database.ts'
import { migration0003 } from './0003-news-of-revocations.ts'
import type { Migration } from './migration.ts'

export const ALL_MIGRATIONS: readonly Migration[] = [migration0001, migration0002, migration0003]
