export * from './client-messages.ts'
export * from './rest.ts'
export * from './server-messages.ts'
