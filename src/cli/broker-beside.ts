/** The broker that `--broker` brings along, beside an agent in the same process. */
import type { RunningAgent } from '../agent/agent.ts'
import type { Log } from '../base/log.ts'

export interface BrokerBeside extends AsyncDisposable {
  /** `127.0.0.1:9092`. */
  readonly address: string
  /** Holds the agent's sources while the broker is down. */
  watch(agent: RunningAgent): void
}

export const startBrokerBeside = async (_config: string | true, _log: Log): Promise<BrokerBeside> => {
  const { startEmbeddedBroker } = await import('../broker/embedded.ts')
  return startEmbeddedBroker(_config, _log)
}
