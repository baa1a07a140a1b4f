/** The broker that `--broker` brings along, beside an agent: while it is down, the agent's sources are held. */
import type { RunningAgent } from '../agent/agent.ts'
import type { Log } from '../base/log.ts'
import type { EmbeddedBroker } from '../broker/embedded.ts'

export interface BrokerBeside extends EmbeddedBroker {
  /** From now on holds the agent's sources whenever the broker is down. */
  watch(agent: RunningAgent): void
}

/** `config` is a server.properties, or `true` for the shipped settings. Resolves when it serves; throws what keeps it from that. */
export const startBrokerBeside = async (config: string | true, log: Log): Promise<BrokerBeside> => {
  const { startEmbeddedBroker } = await import('../broker/embedded.ts')
  let watched: RunningAgent | undefined
  let isDown = false
  const broker = await startEmbeddedBroker({
    configFile: config === true ? undefined : config,
    log,
    onDown() {
      isDown = true
      watched?.hold()
    },
    onUp() {
      isDown = false
      watched?.release()
    },
  })
  return {
    ...broker,
    watch(agent) {
      watched = agent
      if (isDown) agent.hold()
    },
  }
}
