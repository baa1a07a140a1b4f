/** Ports that are taken, and ports that nobody named an address for. */
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import {
  readTopic,
  startAgentProcess,
  startBrokerProcess,
  temporaryFolder,
  writeServerProperties,
} from '../support/agent.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { outputLines } from '../support/output.ts'
import { fileRoll, fileToTopic, pipeline } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

/** A listener that is no Kafka broker, open until the scope is left. */
const listener = async (port = 0): Promise<{ readonly port: number } & Disposable> => {
  const server: Server = createServer((socket) => socket.end('220 some other service\r\n'))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.dispose]: () => void server.close(),
  }
}

describe("a port that the agent's own broker wants", () => {
  it.each(['a Kafka broker', 'something that is no Kafka broker'])(
    'where %s listens is a fault before any source opens',
    async (what) => {
      using folder = temporaryFolder()
      await using stack = new AsyncDisposableStack()
      const port = what === 'a Kafka broker' ? await freePort() : stack.use(await listener()).port
      const other = writeServerProperties(join(folder.path, 'other'), port)
      if (what === 'a Kafka broker') stack.use(await startBrokerProcess(other))
      writeFileSync(join(folder.path, 'access.log'), numberedLines(0, 10))
      const config = writeServerProperties(join(folder.path, 'own'), port)
      const agent = startAgentProcess(folder.path, fileToTopic(folder.path, port), { broker: config })
      expect(await agent.exited).toBe(1)
      expect(agent.output).toContain(`127.0.0.1:${port} is already in use: ${what} answers there`)
      expect(agent.output.includes('leave --broker away, where it was given, to use the broker that runs there')).toBe(
        what === 'a Kafka broker',
      )
      expect(agent.output).toContain('another port')
      expect(agent.output).not.toContain('SOURCE')
      expect(existsSync(join(folder.path, 'positions.json'))).toBe(false)
      expect(existsSync(join(folder.path, 'own', 'kafka-logs'))).toBe(false)
    },
  )
})

describe('a port that a source wants', () => {
  it('is said once, and taken when it is free', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'out'))
    const other = await listener()
    const source = { type: 'netcat', bind: '127.0.0.1', port: other.port }
    await using agent = startAgentProcess(folder.path, pipeline({ source, sink: fileRoll(folder.path) }))
    await agent.printed(new RegExp(`ERROR .*Source r1 cannot run: 127.0.0.1:${other.port} is already in use`))
    other[Symbol.dispose]()
    await agent.printed(/INFO .*Source r1 runs again/)
    const client = connect(other.port, '127.0.0.1').end('hello\n')
    await until(() => outputLines(folder.path).length === 1, 'the line')
    client.destroy()
    expect(agent.times(/is already in use/)).toBe(1)
  })

  it('without an address is bound on 127.0.0.1, with one WARN', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    const properties = pipeline({ source: { type: 'netcat', port }, sink: { type: 'null' } })
    await using agent = startAgentProcess(folder.path, properties)
    await agent.printed(new RegExp(`Source r1 listens on 127.0.0.1:${port}`))
    expect(agent.times(/WARN .*127\.0\.0\.1/)).toBe(1)
    const sockets = readFileSync('/proc/net/tcp', 'utf8')
    const hex = port.toString(16).toUpperCase().padStart(4, '0')
    expect(sockets).toContain(`0100007F:${hex} `)
    expect(sockets).not.toContain(`00000000:${hex} `)
  })
})

describe('a broker with two listeners', () => {
  it('serves both, and tells each client the address of its own', async () => {
    using folder = temporaryFolder()
    const [inside, outside] = [await freePort(), await freePort()]
    const config = writeServerProperties(
      folder.path,
      inside,
      `listeners=INSIDE://127.0.0.1:${inside},OUTSIDE://127.0.0.1:${outside}
listener.security.protocol.map=INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT
advertised.listeners=INSIDE://localhost:${inside},OUTSIDE://127.0.0.1:${outside}
`,
    )
    await using broker = await startBrokerProcess(config)
    writeFileSync(join(folder.path, 'access.log'), numberedLines(0, 1000))
    await using agent = startAgentProcess(folder.path, fileToTopic(folder.path, inside))
    for (const address of [`127.0.0.1:${outside}`, `localhost:${inside}`])
      await until(async () => (await readTopic(address, 'weblog', 500)).length >= 1000, 'the lines in the topic')
    expect(arrivals(await readTopic(`127.0.0.1:${outside}`, 'weblog'), 1000)).toMatchObject({ lost: [], repeated: 0 })
    expect(await agent.stop()).toBe(143)
    expect(await broker.stop()).toBe(0)
  })
})
