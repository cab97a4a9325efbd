import { messenger } from '@parley/protocol'
import { type Commands, coreOf } from './command.ts'
import { requireUser } from './find-chat.ts'
import { notificationView, presenceView } from './views.ts'

const schemas = messenger.clientMessages

/** Who is there, and what waits. */
export const peopleCommands = {
  'presence:update': {
    schema: schemas['presence:update'],
    guard: requireUser,
    limit: 'presence',
    run: async (context, { status, customStatus }) => {
      const input = { status, ...(customStatus === undefined ? {} : { customStatus }) }
      await coreOf(context).setStatus(context.session.caller, input)
      return {}
    },
  },

  'presence:subscribe': {
    schema: schemas['presence:subscribe'],
    guard: requireUser,
    limit: 'event',
    run: async (context, { userIds }) => {
      const { session } = context
      const added = userIds.filter((userId) => !session.watched.has(userId))
      // Before they are read: a change in between is told.
      for (const userId of added) session.watched.add(userId)
      try {
        const people = await coreOf(context).statuses(session.caller, userIds)
        const known = new Set(people.map(({ userId }) => userId))
        for (const userId of userIds) if (!known.has(userId)) session.watched.delete(userId)
        for (const person of people) session.account.learn(person)
        return { users: people.map(presenceView) }
      } catch (error) {
        for (const userId of added) session.watched.delete(userId)
        throw error
      }
    },
  },

  'presence:unsubscribe': {
    schema: schemas['presence:unsubscribe'],
    guard: requireUser,
    limit: 'event',
    run: ({ session }, { userIds }) => {
      for (const userId of userIds) {
        session.watched.delete(userId)
        session.account.forgetPerson(userId)
      }
      return {}
    },
  },

  'notification:read': {
    schema: schemas['notification:read'],
    guard: requireUser,
    limit: 'event',
    run: async (context, { notificationId }) => {
      await coreOf(context).clearNotification(context.session.caller, notificationId)
      return {}
    },
  },

  'notification:clear': {
    schema: schemas['notification:clear'],
    guard: requireUser,
    limit: 'event',
    run: async (context, { notificationId }) => {
      await coreOf(context).clearNotification(context.session.caller, notificationId)
      return {}
    },
  },

  'notification:clear-all': {
    schema: schemas['notification:clear-all'],
    guard: requireUser,
    limit: 'event',
    run: async (context) => {
      await coreOf(context).clearNotifications(context.session.caller)
      return { notifications: [] }
    },
  },

  'notification:get-pending': {
    schema: schemas['notification:get-pending'],
    guard: requireUser,
    limit: 'event',
    run: async (context) => {
      const pending = await coreOf(context).pendingNotifications(context.session.caller)
      return { notifications: pending.map(notificationView) }
    },
  },
} satisfies Commands<Extract<messenger.ClientEvent, `presence:${string}` | `notification:${string}`>>
