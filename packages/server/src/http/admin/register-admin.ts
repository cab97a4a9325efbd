import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Dispatcher } from '../../wire/dispatch.ts'
import { errors } from '../../wire/rooms/errors.ts'
import { ProblemError, sendProblem } from '../problem.ts'
import { inputOf } from '../rest/input-of.ts'
import { schemaOf } from '../rest/rest-schema.ts'
import { type AdminGateOptions, createAdminGate } from './admin-gate.ts'
import type { AdminContext, AdminHandler, AdminServices } from './admin-handler.ts'
import { ADMIN_HANDLERS } from './admin-handlers.ts'
import { joinCluster } from './whole-cluster.ts'

export interface AdminOptions extends AdminServices, AdminGateOptions {
  readonly dispatcher: Dispatcher
}

/** Puts the operator's calls on the server, each through the one pipeline of all wires. */
export function registerAdmin(app: FastifyInstance, options: AdminOptions): void {
  const gate = createAdminGate(options)
  const cluster = joinCluster(options.nodes, options)
  const passed = new WeakSet<FastifyRequest>()
  app.addHook('onRequest', async (request, reply) => {
    reply.header('Cache-Control', 'no-store')
    await gate(request)
    passed.add(request)
  })
  for (const handler of ADMIN_HANDLERS) {
    app.route({
      method: handler.method,
      url: handler.url,
      schema: schemaOf({ ...handler, tag: 'Operator' }, [{ adminToken: [] }]),
      handler: (request, reply) =>
        answer(handler, request, reply, { ...options, cluster, isOperator: passed.has(request) }),
    })
  }
  app.all('/api/admin/*', { schema: { hide: true } }, () => {
    throw new ProblemError('UNKNOWN_EVENT', 'There is no such call. /docs/api lists those that there are.', 404)
  })
}

async function answer(
  handler: AdminHandler,
  request: FastifyRequest,
  reply: FastifyReply,
  options: AdminOptions & Pick<AdminContext, 'cluster' | 'isOperator'>,
): Promise<FastifyReply> {
  const { dispatcher, security, client, ...services } = options
  const address = client.address(request.raw)
  const context: AdminContext = {
    ...services,
    identity: null,
    limitKey: address,
    wire: 'rest',
    command: handler.name,
    note: (detail) => security({ type: 'admin-action', wire: 'admin', address, detail }),
    noteSignIn: () => security({ type: 'admin-signed-in', wire: 'admin', address }),
  }
  const outcome = await dispatcher.dispatch(handler, context, inputOf(request), errors)
  return outcome.ok ? reply.status(handler.status).send(outcome.value) : sendProblem(reply, outcome.error)
}
