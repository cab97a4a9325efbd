export * from './common.ts'
export * from './constants.ts'
export * as messenger from './messenger/index.ts'
export * as rooms from './rooms/index.ts'
