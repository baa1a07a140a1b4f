/** The broker's thread in an agent's process: starts the broker, sends what it says to the agent's log, and stops when told to. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../base/assert.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import type { Log, LogFields } from '../base/log.ts'
import { startBroker } from './broker.ts'
import type { LogLevel, WorkerInput, WorkerMessage } from './worker-messages.ts'

assert(parentPort !== null, 'The broker worker was started as a program of its own')
const agent = parentPort
const { config, deadThreads } = workerData as WorkerInput

const tell = (message: WorkerMessage): void => agent.postMessage(message, [])

/** Errors are told as text: they may hold what cannot leave the thread. */
const plain = (fields: LogFields | undefined): LogFields | undefined =>
  fields === undefined
    ? undefined
    : Object.fromEntries(
        Object.entries(fields).map(([key, value]) => [key, typeof value === 'number' ? value : text(value)]),
      )

const text = (value: unknown): string => {
  if (value instanceof Error) return value.stack ?? value.message
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}

const logNamed = (name: string): Log => {
  const at =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void =>
      tell({ kind: 'log', level, name, message, fields: plain(fields) })
  return { debug: () => {}, info: at('info'), warn: at('warn'), error: at('error'), named: logNamed }
}

try {
  const broker = await startBroker(config, { log: logNamed('kafka'), embedded: true, deadThreads })
  agent.once('message', () => {
    broker.stop().then(
      () => agent.close(),
      (thrown: unknown) => tell({ kind: 'failed', problem: reasonOf(thrown) }),
    )
  })
  const endWhenFailed = async (): Promise<void> => {
    const fault = await broker.failed
    tell({ kind: 'fault', code: fault.code, details: fault.details })
    await broker.stop()
    agent.close()
  }
  void endWhenFailed()
  tell({ kind: 'ready', addresses: broker.addresses })
} catch (thrown) {
  if (thrown instanceof Fault) tell({ kind: 'fault', code: thrown.code, details: thrown.details })
  else tell({ kind: 'failed', problem: text(thrown) })
  agent.close()
}
