import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below those that Linux gives to connections, and to listeners that name none: nobody is given one of these before it is listened on. */
const [lowest, beyond] = [10_000, 32_768]

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const port = randomInt(lowest, beyond)
    const probe = createServer()
    probe.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(freePort()) : reject(error),
    )
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)))
  })
