import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'

// The peer on more than one core: what Socket.IO's documentation shows for several processes on Redis, and nothing
// else. Clients use WebSockets alone, so that it does not matter which process they come to.
const { PORT, REDIS_URL, WORKERS } = process.env

if (cluster.isPrimary) {
  for (let worker = 0; worker < Number(WORKERS); worker += 1) cluster.fork()
} else {
  const publisher = new Redis(REDIS_URL ?? '')
  const httpServer = createServer()
  const io = new Server(httpServer, { adapter: createAdapter(publisher, publisher.duplicate()) })
  io.on('connection', (socket) => {
    socket.on('message', (text) => {
      io.emit('message', text)
    })
  })
  httpServer.listen(Number(PORT), '127.0.0.1')
}
