/** What an agent's lives leave: the lines of the files that each writes, and how many of them it had counted as committed. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Child } from './child.ts'

/** Lines have one character a byte, so that only equal bytes are equal; `readable` is for reports. */
export const bytesOf = (line: string): string => Buffer.from(line).toString('latin1')
export const readable = (bytes: string): string => Buffer.from(bytes, 'latin1').toString()

export interface LifeFile {
  readonly lines: readonly string[]
  /** What stands behind the last newline, which a kill may leave: it counts for nothing. */
  readonly torn: string
}

/** Reads each file of a folder once. */
export class LifeFiles {
  readonly #folder: string
  readonly #read = new Set<string>()

  /** In `folder` each life writes a file, and nothing else is. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Those that came since the last call. */
  next(): LifeFile[] {
    const names = readdirSync(this.#folder).filter((name) => !this.#read.has(name))
    return names.map((name) => {
      this.#read.add(name)
      const lines = readFileSync(join(this.#folder, name), 'latin1').split('\n')
      return { torn: lines.pop() ?? '', lines }
    })
  }
}

type Metrics = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Options of an agent that `drainedBy` asks. */
export const metricsOptions = { more: ['-Dflume.monitoring.type=http', '-Dflume.monitoring.port=0'] }

/** Lines whose commit the sink k1 of an agent has counted, which it does once their take is noted where it lasts. */
export const drainedBy = async (agent: Child): Promise<number> => {
  const [, address] = await agent.printed(/Metrics are served .*?([\d.]+:\d+)/)
  const metrics = (await (await fetch(`http://${address}/metrics`)).json()) as Metrics
  return Number(metrics['SINK.k1']?.['EventDrainSuccessCount'])
}
