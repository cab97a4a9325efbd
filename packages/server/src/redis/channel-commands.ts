import type { ChainableCommander } from 'ioredis'
import type { RedisLink } from './open-redis.ts'

type RedisClient = RedisLink['subscriber']

/** The commands of one kind of channels. */
export interface ChannelCommands {
  /** What the driver emits for each message, with channel and text as bytes. */
  readonly event: 'smessageBuffer' | 'messageBuffer'
  /** Resolves with how many connections have heard it. */
  publish(redis: RedisClient, channel: string, text: string): Promise<number>
  add(pipeline: ChainableCommander, channel: string, text: string): void
  subscribe(redis: RedisClient, channels: readonly string[]): Promise<unknown>
  unsubscribe(redis: RedisClient, channels: readonly string[]): Promise<unknown>
}

/** The commands for channels that live where a key of their name would. */
export const SHARDED: ChannelCommands = {
  event: 'smessageBuffer',
  publish: async (redis, channel, text) => Number(await redis.spublish(channel, text)),
  add: (pipeline, channel, text) => void pipeline.spublish(channel, text),
  subscribe: (redis, channels) => redis.ssubscribe(...channels),
  unsubscribe: (redis, channels) => redis.sunsubscribe(...channels),
}

/** The commands for channels that every server of a Cluster carries: all that there is before Redis 7. */
export const ORDINARY: ChannelCommands = {
  event: 'messageBuffer',
  publish: (redis, channel, text) => redis.publish(channel, text),
  add: (pipeline, channel, text) => void pipeline.publish(channel, text),
  subscribe: (redis, channels) => redis.subscribe(...channels),
  unsubscribe: (redis, channels) => redis.unsubscribe(...channels),
}
