import { createServer } from 'node:http'
import { Server } from 'socket.io'

// The peer: what Socket.IO's own documentation starts with, and nothing else.
const httpServer = createServer()
const io = new Server(httpServer)

io.on('connection', (socket) => {
  socket.on('message', (text) => {
    io.emit('message', text)
  })
})

httpServer.listen(Number(process.env.PORT), '127.0.0.1')
