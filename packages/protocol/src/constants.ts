/** What clients need at run time, free of the schema library. */
export * from './close-codes.ts'
export * from './deleted-user.ts'
export * from './errors.ts'
export * from './limits.ts'
export * from './versions.ts'
