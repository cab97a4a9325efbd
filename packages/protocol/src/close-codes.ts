/**
 * WebSocket close codes of the rooms wire. 4400–4499 are final, except
 * `idle` and `replaced`; 45xx invite the client to reconnect.
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
