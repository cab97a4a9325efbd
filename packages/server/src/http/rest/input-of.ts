import type { FastifyRequest } from 'fastify'

/**
 * The path's parameters with the query, the body, or (DELETE) both. What is not an object stays as it is, to be refused.
 * A parameter without a value in the query of a GET (`?before=&limit=20`) is as good as none.
 */
export function inputOf({ method, params, query, body }: FastifyRequest): unknown {
  const given = method === 'GET' || method === 'HEAD' ? withoutEmpty(query as object) : (body ?? {})
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  if (!isObject) return given
  return { ...(method === 'DELETE' && (query as object)), ...given, ...(params as object) }
}

function withoutEmpty(query: object): object {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))
}
