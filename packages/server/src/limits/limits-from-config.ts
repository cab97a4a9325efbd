import { DEFAULT_LIMITS, type Limit, type Limits } from '@parley/core'
import type { Config } from '../config/index.ts'

/** The rate limits that this deployment asked for. */
export function limitsFrom(config: Config): Limits {
  const windowMs = config.rateLimitHttpWindowMs
  const messages = (preset: Limit): Limit => ({
    points: config.rateLimitMessagesMax ?? preset.points,
    windowMs: config.rateLimitMessagesWindowMs ?? preset.windowMs,
  })
  return {
    ...DEFAULT_LIMITS,
    roomMessage: messages(DEFAULT_LIMITS.roomMessage),
    message: messages(DEFAULT_LIMITS.message),
    typing: { points: config.rateLimitTypingMax, windowMs: config.rateLimitTypingWindowMs },
    // It comes after each typing, and must not use up what others need.
    typingStop: { points: config.rateLimitEventsMax, windowMs: config.rateLimitEventsWindowMs },
    reactionAdd: { points: config.rateLimitReactionsMax, windowMs: config.rateLimitReactionsWindowMs },
    reactionRemove: { points: config.rateLimitReactionsMax, windowMs: config.rateLimitReactionsWindowMs },
    delivered: { points: config.rateLimitDeliveredMax, windowMs: config.rateLimitDeliveredWindowMs },
    read: { points: config.rateLimitReadMax, windowMs: config.rateLimitReadWindowMs },
    presence: { points: config.rateLimitPresenceMax, windowMs: config.rateLimitPresenceWindowMs },
    call: { points: config.rateLimitCallMax, windowMs: config.rateLimitCallWindowMs },
    signal: { points: config.rateLimitSignalMax, windowMs: config.rateLimitSignalWindowMs },
    event: { points: config.rateLimitEventsMax, windowMs: config.rateLimitEventsWindowMs },
    poll: { points: config.rateLimitPollMax, windowMs: config.rateLimitPollWindowMs },
    http: { points: config.rateLimitHttpMax, windowMs },
    httpUser: { points: config.rateLimitUserMax, windowMs },
    login: { points: config.rateLimitLoginMax, windowMs },
    passwordPerAddress: { points: config.rateLimitLoginFailedMax, windowMs },
    loginFailed: { points: config.rateLimitLoginFailedMax, windowMs },
    handshakeFailed: { points: config.rateLimitMaxConnections, windowMs: config.rateLimitConnectionWindowMs },
  }
}
