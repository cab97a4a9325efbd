/**
 * WebSocket close codes of the rooms wire. 45xx invite the client to reconnect; 44xx are final, but a client may come
 * back after `unauthenticated` with a new token, and after `idle` when the person does something again.
 */
export const CLOSE_CODES = {
  badFrame: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  idle: 4408,
  replaced: 4409,
  roomExpired: 4410,
  frameTooLarge: 4413,
  flooding: 4429,
  draining: 4503,
  tooSlow: 4508,
} as const

export type CloseReason = keyof typeof CLOSE_CODES
