import { site } from '@parley/protocol'
import { z } from 'zod'
import { notificationView } from '../../wire/site/views.ts'
import { user } from './guards.ts'
import { restHandler } from './rest-handler.ts'

const ofCaller = {
  tag: 'Notifications',
  errorTable: 'site',
  token: 'required',
  guard: user,
  limit: 'event',
  ownLimitOnly: true,
} as const

export const listNotifications = restHandler({
  ...ofCaller,
  name: 'listNotifications',
  method: 'GET',
  url: '/api/notifications',
  summary: 'What waits for the caller, oldest first',
  schema: z.object({}),
  status: 200,
  answer: site.notificationsAnswer,
  errors: [],
  async run(context) {
    user(context)
    const pending = await context.core.pendingNotifications(context.identity)
    return { notifications: pending.map(notificationView) }
  },
})

export const clearNotification = restHandler({
  ...ofCaller,
  name: 'clearNotification',
  method: 'DELETE',
  url: '/api/notifications/:id',
  summary: 'The caller has seen it: it goes on all of their devices',
  schema: site.notificationParams,
  status: 204,
  answer: null,
  errors: ['NOTIFICATION_NOT_FOUND'],
  async run(context, { id }) {
    user(context)
    await context.core.clearNotification(context.identity, id)
    return undefined
  },
})

export const clearNotifications = restHandler({
  ...ofCaller,
  name: 'clearNotifications',
  method: 'DELETE',
  url: '/api/notifications',
  summary: 'The caller has seen everything that waits',
  schema: z.object({}),
  status: 204,
  answer: null,
  errors: [],
  async run(context) {
    user(context)
    await context.core.clearNotifications(context.identity)
    return undefined
  },
})
