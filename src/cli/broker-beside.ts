/** The broker that `--broker` brings along, beside an agent: while it is down, the agent's sources are held. */
import type { RunningAgent } from '../agent/agent.ts'
import type { Log } from '../base/log.ts'
import type { EmbeddedBroker } from '../broker/embedded.ts'

type Holdable = Pick<RunningAgent, 'hold' | 'release'>

export interface SourceHolder {
  readonly onDown: () => void
  readonly onUp: () => void
  /** From now on holds the agent's sources whenever the broker is down, and at once if it is. */
  readonly watch: (agent: Holdable) => void
}

/** Between the broker, which may go down before there is an agent, and the agent. */
export const sourceHolder = (): SourceHolder => {
  let watched: Holdable | undefined
  let isDown = false
  return {
    onDown() {
      isDown = true
      watched?.hold()
    },
    onUp() {
      isDown = false
      watched?.release()
    },
    watch(agent) {
      watched = agent
      if (isDown) agent.hold()
    },
  }
}

export interface BrokerBeside extends EmbeddedBroker, Pick<SourceHolder, 'watch'> {}

/** `config` is a server.properties, or `true` for the shipped settings. Resolves when it serves; throws what keeps it from that. */
export const startBrokerBeside = async (config: string | true, log: Log): Promise<BrokerBeside> => {
  const { startEmbeddedBroker } = await import('../broker/embedded.ts')
  const holder = sourceHolder()
  const { onDown, onUp } = holder
  const broker = await startEmbeddedBroker({ configFile: config === true ? undefined : config, log, onDown, onUp })
  return { ...broker, watch: holder.watch }
}
