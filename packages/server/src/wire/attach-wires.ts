export type * from './wires.ts'
