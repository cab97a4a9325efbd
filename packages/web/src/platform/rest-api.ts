import { createRestApi } from '@parley/client'

/** The REST calls of the server that this page came from. */
export const restApi = createRestApi()
