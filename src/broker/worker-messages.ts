/** What the broker's thread and the agent's thread tell each other. */
import type { FaultCode, FaultDetails } from '../base/faults.ts'
import type { LogFields } from '../base/log.ts'
import type { BrokerConfig } from './config.ts'
import type { Endpoint } from './listeners.ts'

/** What the thread is started with. */
export interface WorkerInput {
  readonly config: BrokerConfig
  /** Threads in which an earlier broker of this process died. */
  readonly deadThreads: readonly number[]
}

export type LogLevel = 'info' | 'warn' | 'error'

/** From the broker to the agent. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly addresses: readonly Endpoint[] }
  | { readonly kind: 'fault'; readonly code: FaultCode; readonly details: FaultDetails }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly name: string; readonly message: string; readonly fields: LogFields | undefined } // prettier-ignore

/** From the agent to the broker. */
export type WorkerOrder = 'stop'
