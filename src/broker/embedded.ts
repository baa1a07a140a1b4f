/**
 * The broker inside an agent's process, in a thread of its own. A thread that dies is started again, with back-off, on the same folders and the
 * same port; meanwhile the agent holds its sources.
 */
import { extname } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { backoffMs } from '../base/backoff.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { type Clock, realClock } from '../io/clock.ts'
import type { BrokerConfig } from './config.ts'
import { loadBrokerConfig, sayWarnings } from './config-file.ts'
import type { Endpoint } from './listeners.ts'
import type { WorkerInput, WorkerMessage, WorkerOrder } from './worker-messages.ts'

export interface EmbeddedOptions {
  /** Path of a server.properties; without it the shipped settings hold. */
  readonly configFile?: string | undefined
  /** Settings that win over those of the file. */
  readonly overrides?: Readonly<Record<string, string>> | undefined
  readonly log: Log
  readonly clock?: Clock
  /** Starts the thread; a worker of this folder's worker file by default. */
  readonly spawn?: (input: WorkerInput) => Worker
  /** The broker died: nothing can be sent until `onUp`. Called once for each time it goes down. */
  readonly onDown?: (fault: Fault) => void
  /** The broker serves again. */
  readonly onUp?: () => void
}

export interface EmbeddedBroker extends AsyncDisposable {
  /** Where clients reach it: `127.0.0.1:9092`. */
  readonly address: string
  readonly addresses: readonly Endpoint[]
  /** The first of its log folders, as the file gives it. */
  readonly logDirs: readonly string[]
  /** Stops it; safe twice. */
  stop(): Promise<void>
}

const RESTART_MS_FIRST = 500
const RESTART_MS_MAX = 30_000
/** How long a stop may take before the thread is ended the hard way; the next start then looks through the logs. */
const STOP_MS_MAX = 30_000
/** The heap of the broker's thread. Batches pass through outside of it, so that little is needed; a small young generation stays in the cache. */
const limits = { maxYoungGenerationSizeMb: 3, maxOldGenerationSizeMb: 512 }

/** As source beside this file; as built in the same place, where this file is a chunk in a folder beside `broker`. */
const workerUrl = new URL(`../broker/worker${extname(import.meta.url)}`, import.meta.url)

/**
 * A semi-space given on the command line, as the launchers do for the agent, would hold for this thread as well and cost it memory that it has no use
 * for. Heaps are sized when their thread starts, so taking the flag back touches later threads only.
 */
const spawnWorker = (input: WorkerInput): Worker => {
  setFlagsFromString('--max-semi-space-size=0')
  return new Worker(workerUrl, { workerData: input, resourceLimits: limits, name: 'broker' })
}

/** Starts it and resolves when it serves. Throws what loadBrokerConfig and startBroker throw, LISTENER_TAKEN first of all. */
export const startEmbeddedBroker = async (options: EmbeddedOptions): Promise<EmbeddedBroker> => {
  const { config, warnings } = loadBrokerConfig({ file: options.configFile, overrides: options.overrides })
  sayWarnings(warnings, options.log.named('kafka.server.KafkaConfig'))
  const keeper = new Keeper(config, options)
  const addresses = await keeper.start()
  const stop = (): Promise<void> => keeper.stop()
  const [first] = addresses
  const told = first === undefined ? undefined : config.advertised.get(first.name)
  const address = `${told?.host ?? ''}:${told?.port === 0 ? (first?.port ?? 0) : (told?.port ?? 0)}`
  return { address, addresses, logDirs: config.logDirs, stop, [Symbol.asyncDispose]: stop }
}

/** Keeps one thread going. */
class Keeper {
  readonly #config: BrokerConfig
  readonly #options: EmbeddedOptions
  readonly #clock: Clock
  readonly #deadThreads: number[] = []
  #worker: Worker | undefined
  #stopped: Promise<void> | undefined
  #retry: Disposable | undefined
  #failures = 0

  constructor(config: BrokerConfig, options: EmbeddedOptions) {
    this.#config = config
    this.#options = options
    this.#clock = options.clock ?? realClock
  }

  /** Resolves when the thread serves; rejects with the reason for which it does not, and the thread is then gone. */
  start(): Promise<readonly Endpoint[]> {
    const spawn = this.#options.spawn ?? spawnWorker
    const worker = spawn({ config: this.#config, deadThreads: this.#deadThreads })
    const { threadId } = worker
    this.#worker = worker
    return new Promise((resolve, reject) => {
      let isReady = false
      let reason: Fault | undefined
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'log')
          this.#options.log.named(message.name)[message.level](message.message, message.fields)
        else if (message.kind === 'ready') {
          isReady = true
          resolve(message.addresses)
        } else reason = faultOf(message)
      })
      worker.on('error', (error) => (reason ??= new Fault('BROKER_DIED', { problem: reasonOf(error) }, error)))
      worker.on('exit', () => {
        this.#worker = undefined
        this.#deadThreads.push(threadId)
        reason ??= new Fault('BROKER_DIED', { problem: 'its thread ended' })
        if (isReady) this.#died(reason)
        else reject(reason)
      })
    })
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop())
  }

  async #stop(): Promise<void> {
    this.#retry?.[Symbol.dispose]()
    const worker = this.#worker
    if (worker === undefined) return
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    const order: WorkerOrder = 'stop'
    worker.postMessage(order, [])
    using timer = this.#clock.after(STOP_MS_MAX, () => {
      this.#options.log.warn(`The broker did not stop within ${STOP_MS_MAX / 1000} s and was ended.`)
      void worker.terminate()
    })
    await gone
    void timer
  }

  #died(reason: Fault): void {
    if (this.#stopped !== undefined) return
    this.#options.log.error(`${reason.message}. It is started again.`)
    this.#options.onDown?.(reason)
    this.#startLater()
  }

  #startLater(): void {
    this.#failures++
    const delayMs = backoffMs(this.#failures, RESTART_MS_FIRST, RESTART_MS_MAX)
    this.#retry = this.#clock.after(delayMs, () => {
      this.start().then(
        () => this.#startedAgain(),
        (thrown: unknown) => this.#failedAgain(thrown),
      )
    })
  }

  #startedAgain(): void {
    this.#failures = 0
    this.#options.log.info('The broker serves again.')
    this.#options.onUp?.()
  }

  #failedAgain(thrown: unknown): void {
    if (this.#stopped !== undefined) return
    if (this.#failures === 1) this.#options.log.error(`The broker cannot be started again yet: ${reasonOf(thrown)}.`)
    this.#startLater()
  }
}

const faultOf = (message: Extract<WorkerMessage, { kind: 'fault' | 'failed' }>): Fault =>
  message.kind === 'fault'
    ? new Fault(message.code, message.details)
    : new Fault('BROKER_DIED', { problem: message.problem })
