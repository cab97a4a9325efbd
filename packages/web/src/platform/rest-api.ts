import { createRestApi } from '@parley/client'
import { fetchFromServer } from './server-clock.ts'

/** The REST calls of the server that this page came from. */
export const restApi = createRestApi({ fetch: fetchFromServer })
