/** Runs the program, delivers its lines, runs it again if so told, and ends it with all it started at the stop. */
import type { Readable } from 'node:stream'
import { aborted, unlessAborted } from '../../src/base/abort.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Event } from '../../src/flow/event.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'
import { Unsettled } from '../../src/flow/unsettled.ts'
import type { Charset } from '../../src/formats/charset.ts'
import { Child } from './child.ts'
import { commandLine } from './command-line.ts'
import { LineCutter } from './line-cutter.ts'
import { Pending } from './pending.ts'

export interface ExecOptions {
  readonly command: string
  readonly shell: string | undefined
  readonly restart: boolean
  readonly restartThrottleMs: number
  readonly logStdErr: boolean
  readonly batchSize: number
  readonly batchTimeoutMs: number
  readonly charset: Charset
  readonly maxLineBytes: number
  readonly killTimeoutMs: number
}

/** Lines that came in one read are delivered together up to here, even when batchSize is less. */
const eventsTogether = 1000
/** Longest line of the program's errors in the log. */
const errorLineBytesMax = 8192

export class ExecSource implements Source {
  readonly whenRefused = 'retry'
  readonly #options: ExecOptions
  readonly #context: SourceContext
  readonly #unsettled = new Unsettled()

  constructor(options: ExecOptions, context: SourceContext) {
    this.#options = options
    this.#context = context
  }

  async run(deliver: Deliver, signal: AbortSignal): Promise<void> {
    const { restart, restartThrottleMs, command } = this.#options
    const { log, clock, grace } = this.#context
    while (!signal.aborted) {
      const code = await this.#runOnce(deliver, signal)
      if (signal.aborted) break
      if (restart) {
        log.info(`Restarting in ${restartThrottleMs}ms, exit code ${code}`)
        await clock.sleep(restartThrottleMs, signal)
      } else {
        log.info(`Command [${command}] exited with ${code}. The source stays idle: restart is not set.`)
        await aborted(signal)
      }
    }
    await this.#unsettled.empty(grace)
  }

  /** Gives the exit code. Whatever happens, the program is gone afterwards. */
  async #runOnce(deliver: Deliver, signal: AbortSignal): Promise<number> {
    const { command, shell, logStdErr, killTimeoutMs } = this.#options
    const child = await Child.start({ ...commandLine(command, shell), command, readErrors: logStdErr })
    this.#context.log.info(`Exec source starting with command: ${command}`)
    const stop = (): void => void child.output.destroy()
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      if (child.errors !== undefined) void this.#logErrors(child.errors)
      await this.#read(child.output, deliver)
      return (await unlessAborted(child.exitCode(), signal)) ?? 0
    } finally {
      signal.removeEventListener('abort', stop)
      await child.end(this.#context.clock, killTimeoutMs)
    }
  }

  /** Until the output ends, or is ended by the stop; what was read by then is delivered. */
  async #read(output: Readable, deliver: Deliver): Promise<void> {
    const { batchSize, batchTimeoutMs, charset } = this.#options
    const { clock } = this.#context
    const failed = (thrown: unknown): void => void output.destroy(thrown as Error)
    const pending = new Pending({ deliver, unsettled: this.#unsettled, clock, batchTimeoutMs, failed })
    const lines = new LineCutter(this.#options.maxLineBytes, () => this.#sayLong())
    const decoder = charset.isUtf8 ? undefined : charset.decoder()
    const decoded = (chunk: Buffer, last: boolean): Buffer =>
      decoder === undefined ? chunk : Buffer.from(decoder.decode(chunk, last))
    const take = async (chunk: Buffer): Promise<void> => {
      for (let at = 0; at < chunk.length;) {
        at = lines.cut(chunk, at, pending.events, Math.max(batchSize, eventsTogether))
        if (pending.events.length >= batchSize) await pending.flush()
      }
      pending.wait()
    }
    try {
      for await (const chunk of chunksOf(output)) await take(decoded(chunk, false))
      await take(decoded(Buffer.alloc(0), true))
      const last = lines.last()
      if (last !== undefined) pending.events.push(last)
      await pending.flush()
    } finally {
      pending.cancel()
    }
  }

  async #logErrors(errors: Readable): Promise<void> {
    const lines = new LineCutter(errorLineBytesMax, () => undefined)
    let count = 0
    for await (const chunk of chunksOf(errors)) {
      const found: Event[] = []
      lines.cut(chunk, 0, found, Infinity)
      for (const { body } of found)
        this.#context.log.info(`StderrLogger[${++count}] = '${Buffer.from(body).toString()}'`)
    }
  }

  #sayLong(): void {
    const { name, log } = this.#context
    log.warn(`Source ${name} cuts a line above ${this.#options.maxLineBytes} bytes into several events.`)
  }
}

/** The chunks until the end; a stream that was destroyed without an error ends too. */
async function* chunksOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (thrown) {
    if (stream.errored !== null) throw thrown
  }
}
