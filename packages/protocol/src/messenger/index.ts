export * from './client-messages.ts'
export * from './server-messages.ts'
