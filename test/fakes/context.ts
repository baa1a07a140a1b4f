/** Contexts for tests of single components: real disk, randomness and clock unless given, a log and counters that remember. */
import type { Log, LogFields } from '../../src/base/log.ts'
import type { Counters, SourceContext } from '../../src/flow/context.ts'
import { realClock } from '../../src/io/clock.ts'
import { realDisk } from '../../src/io/disk.ts'
import { realRandom } from '../../src/io/random.ts'

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: LogFields
}

/** A log that keeps its lines. */
export class RecordingLog implements Log {
  readonly lines: LogLine[] = []

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', message, fields })
  }

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields })
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields })
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields })
  }

  named(): Log {
    return this
  }

  /** Messages of one level, in order. */
  of(level: LogLine['level']): string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.message)
  }
}

export class RecordingCounters implements Counters {
  readonly values: Record<string, number> = {}

  add(name: string, amount: number): void {
    this.values[name] = (this.values[name] ?? 0) + amount
  }

  set(name: string, value: number): void {
    this.values[name] = value
  }
}

export interface FakeContext extends SourceContext {
  readonly log: RecordingLog
  readonly counters: RecordingCounters
}

/** The context of component `x1` of agent `a1`. */
export const fakeContext = (given: Partial<Omit<SourceContext, 'log' | 'counters'>> = {}): FakeContext => ({
  agent: 'a1',
  name: 'x1',
  clock: realClock,
  disk: realDisk,
  random: realRandom,
  aheadMax: 5000,
  grace: new AbortController().signal,
  ...given,
  log: new RecordingLog(),
  counters: new RecordingCounters(),
})
