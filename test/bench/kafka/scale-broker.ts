/** What `npm run bench:scale` works with: a broker of its own that can be stopped, killed and started again, and our tools with their cost to it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child, run } from '../../support/child.ts'
import { root } from '../../tidy/tree.ts'
import { cpuSeconds } from '../process.ts'

const started = /started \(kafka\.server\.KafkaServer\)/

export class Broker {
  readonly port: number
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-scale-'))
  child: Child | undefined

  constructor(port: number) {
    this.port = port
  }

  get pid(): number {
    return this.child?.process.pid ?? 0
  }

  /** Starts it and resolves with how long that took, in ms. */
  async start(): Promise<number> {
    const config = join(this.folder, 'server.properties')
    const settings = [
      'broker.id=0',
      'offsets.topic.num.partitions=1',
      'group.initial.rebalance.delay.ms=0',
      `log.dirs=${this.folder}/logs`,
    ]
    writeFileSync(config, [...settings, `listeners=PLAINTEXT://127.0.0.1:${this.port}`].join('\n'))
    const startMs = performance.now()
    this.child = new Child(join(root, 'bin', 'kafka-server-start.sh'), [config], { cwd: this.folder })
    await this.child.printed(started)
    return performance.now() - startMs
  }

  /** Ends it, if it still runs, and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.child?.[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.child?.stop(signal)
  }
}

/** Runs one of the tools in `bin` against the broker and gives what it printed. */
export const tool = (name: string, broker: Broker, args: readonly string[]): Promise<string> =>
  run(join(root, 'bin', `${name}.sh`), ['--bootstrap-server', `127.0.0.1:${broker.port}`, ...args])

export interface Cost {
  /** Records. */
  readonly perSecond: number
  /** Of the broker, seconds per million records. */
  readonly cpu: number
  /** How long it took, the start of the tool included. */
  readonly seconds: number
}

const measured = async (broker: Broker, records: number, work: () => Promise<number>): Promise<Cost> => {
  const [startMs, before] = [performance.now(), cpuSeconds(broker.pid)]
  const perSecond = await work()
  const cpu = ((cpuSeconds(broker.pid) - before) * 1e6) / records
  return { perSecond, cpu, seconds: (performance.now() - startMs) / 1000 }
}

/** Sends records of 100 bytes with our own performance tool and Kafka's default batches. */
export const produce = (broker: Broker, records: number, topic = 'load'): Promise<Cost> =>
  measured(broker, records, async () => {
    const what = ['--topic', topic, '--num-records', `${records}`, '--record-size', '100', '--throughput', '-1']
    const output = await tool('kafka-producer-perf-test', broker, [...what, '--producer-props', 'acks=1'])
    return Number(/([\d.]+) records\/sec/.exec(output.trim().split('\n').at(-1) ?? '')?.[1])
  })

/** Reads with our own performance tool. Throws when not all came. */
export const consume = (broker: Broker, records: number, topic = 'load', more: readonly string[] = []): Promise<Cost> =>
  measured(broker, records, async () => {
    const what = ['--topic', topic, '--messages', `${records}`, '--hide-header', ...more]
    const fields = (await tool('kafka-consumer-perf-test', broker, what)).trim().split('\n').at(-1)?.split(', ') ?? []
    if (Number(fields[4]) < records) throw new Error(`${fields[4]} of ${records} records of ${topic} were read`)
    return Number(fields.at(-1))
  })

/** The cheapest of three: what else the machine does only adds. */
export const cheapest = async (once: () => Promise<Cost>): Promise<Cost> => {
  let best = await once()
  for (let i = 1; i < 3; i++) {
    const next = await once()
    const perSecond = Math.max(best.perSecond, next.perSecond)
    best = { ...(next.cpu < best.cpu ? next : best), perSecond }
  }
  return best
}

export const print = (what: string, figure: string, limit: string): void =>
  console.log(`| ${what} | ${figure} | ${limit} |`)
