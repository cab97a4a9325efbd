export * from './open-memory-stores.ts'
