/** The path that is asked to find out whether a server is a Parley. */
export const STATUS_PATH = '/status'

/** Whether this is what Parley answers there. */
export function isParleyStatus(body: string): boolean {
  try {
    return typeof (JSON.parse(body) as { readonly connectedClients?: unknown }).connectedClients === 'number'
  } catch {
    return false
  }
}

/** Whether these are the metrics of Parley, as Prometheus reads them. */
export const isParleyMetrics = (body: string): boolean => /^parley_ready[ {]/m.test(body)
