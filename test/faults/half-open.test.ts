/**
 * Ten thousand peers that connect and then say nothing, or half of something: they cost little, keep nobody from being served, and are bounded by the
 * limits on connections and by those on open files. Needs as many open files itself.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { bin, readTopic, startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { Child, run } from '../support/child.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { freePort } from '../support/port.ts'

const half = [
  Buffer.alloc(0),
  Buffer.from('0000', 'hex'),
  // 100 MB announced, of which the head of a Produce comes
  Buffer.from('0600000000000009000000010003666f6f', 'hex'),
  Buffer.concat([Buffer.from('0600000000000009000000010003666f6f', 'hex'), Buffer.alloc(1000)]),
]

/** Below the backlog: what it does not hold, the system tries again a second later. */
const atOnce = 200
const backlog = 'socket.listen.backlog.size=4000\n'

class Peers implements Disposable {
  readonly sockets: Socket[] = []
  /** Connections that the other side has ended. */
  ended = 0

  /** Connects so many, some at a time; those that are refused are counted as ended. */
  async open(port: number, count: number): Promise<void> {
    while (this.sockets.length < count) {
      const some = Array.from({ length: Math.min(atOnce, count - this.sockets.length) }, () => this.#one(port))
      await Promise.all(some)
    }
  }

  #one(port: number): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      const bytes = half[this.sockets.length % half.length] as Buffer
      this.sockets.push(socket)
      socket.on('connect', () => {
        if (bytes.length > 0) socket.write(bytes)
        resolve()
      })
      socket.on('error', () => resolve())
      socket.on('close', () => this.ended++)
      socket.resume()
    })
  }

  [Symbol.dispose](): void {
    for (const socket of this.sockets) socket.destroy()
  }
}

const residentKb = (broker: Child): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${broker.process.pid}/status`, 'utf8'))?.[1])

const roundTrip = async (port: number, topic: string): Promise<void> => {
  const bootstrap = `127.0.0.1:${port}`
  await run(bin('kafka-console-producer.sh'), ['--bootstrap-server', bootstrap, '--topic', topic], {
    input: numberedLines(0, 1000),
  })
  expect(arrivals(await readTopic(bootstrap, topic), 1000)).toEqual({ lost: [], repeated: 0, strange: [] })
}

const filesHere = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }))
const isRoomy = filesHere >= 12_000
if (!isRoomy) process.stderr.write(`Left out: 10,000 half-open connections. They need 12000 open files; ulimit -n says ${filesHere}.\n`) // prettier-ignore

describe.runIf(isRoomy)('10,000 half-open connections', () => {
  it('cost less than 20 kB each, and others are served beside them', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    await using broker = await startBrokerProcess(writeServerProperties(folder.path, port, backlog))
    await roundTrip(port, 'before')
    const before = residentKb(broker)
    using peers = new Peers()
    await peers.open(port, 10_000)
    await roundTrip(port, 'beside')
    expect(peers.ended).toBe(0)
    expect((residentKb(broker) - before) / 10_000).toBeLessThan(20)
  })

  it('stop at max.connections, and make room again when they go', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    await using broker = await startBrokerProcess(
      writeServerProperties(folder.path, port, `${backlog}max.connections=1000\n`),
    )
    using peers = new Peers()
    await peers.open(port, 10_000)
    await until(() => peers.ended === 9000, 'those beyond the limit to be turned away', 30_000)
    await broker.printed(/as many as max\.connections allows/)
    for (const socket of peers.sockets) socket.destroy()
    await until(() => peers.ended === 10_000, 'all to be gone')
    await roundTrip(port, 'after')
  })
})

it('a process that may open few files turns connections away, and goes on when some have gone', async () => {
  using folder = temporaryFolder()
  const port = await freePort()
  const config = writeServerProperties(folder.path, port, backlog)
  await using broker = new Child('sh', ['-c', `ulimit -n 300 && exec ${bin('kafka-server-start.sh')} ${config}`])
  await broker.printed(/started \(kafka\.server\.KafkaServer\)/)
  await roundTrip(port, 'before')
  using peers = new Peers()
  await peers.open(port, 1000)
  await until(() => peers.ended > 500, 'those beyond the limit to be turned away', 30_000)
  for (const socket of peers.sockets) socket.destroy()
  await until(() => peers.ended === 1000, 'all to be gone')
  await roundTrip(port, 'after')
  expect(broker.process.exitCode).toBe(null)
})
