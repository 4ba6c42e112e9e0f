// A process of its own: Aedes with nothing behind it, which lets everybody in and keeps nothing. Prints its port.
import { createServer } from 'node:net'
import { Aedes } from 'aedes'

const aedes = new Aedes()
await aedes.listen()
const server = createServer({ noDelay: true }, (socket) => aedes.handle(socket))
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address()
  console.log(`port ${typeof address === 'object' && address ? address.port : 0}`)
})
