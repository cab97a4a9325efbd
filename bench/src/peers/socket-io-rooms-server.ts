import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-streams-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'

// The peer: rooms and connection state recovery as Socket.IO's documentation shows them, in memory, or with
// REDIS_URL by the adapter that recovers across servers; and the end that the documentation shows.
const { PORT, REDIS_URL } = process.env
const redis = REDIS_URL === undefined ? null : new Redis(REDIS_URL)
const httpServer = createServer()
const io = new Server(httpServer, {
  connectionStateRecovery: {},
  ...(redis === null ? {} : { adapter: createAdapter(redis) }),
})

io.on('connection', (socket) => {
  const { room } = socket.handshake.auth as { room: string }
  if (!socket.recovered) socket.join(room)
  socket.on('message', (text: string, answer: () => void) => {
    io.to(room).emit('message', text)
    answer()
  })
})

process.once('SIGTERM', async () => {
  await io.close()
  await redis?.quit()
  process.exit()
})

httpServer.listen(Number(PORT), '127.0.0.1')
