import { ParleyError } from './parley-error.ts'

/**
 * What anything that was thrown is told as: a fault of our own is `INTERNAL`. Not beside the class, of which the script
 * for plain pages has one copy for all its parts, and nothing else of its file.
 */
export const asParleyError = (thrown: unknown): ParleyError =>
  thrown instanceof ParleyError ? thrown : new ParleyError('INTERNAL', String(thrown))
