/** The two settings that choose the protocol of a tool's group, and what may not stand beside them, in the words of Kafka's consumer. */
import type { ConsumerOptions } from '../client/consumer-options.ts'
import { UsageError } from './jopt.ts'
import { badSetting } from './kafka-client-properties.ts'

const setting = 'group.protocol'
const assignorSetting = 'group.remote.assignor'

/** What the broker has in hand under each protocol, or nobody. */
const notBeside: Readonly<Record<ConsumerOptions['groupProtocol'], readonly string[]>> = {
  classic: [assignorSetting],
  consumer: ['partition.assignment.strategy', 'heartbeat.interval.ms', 'session.timeout.ms'],
}

/** Takes both settings out of `given`. Throws a UsageError for what cannot be. */
export const takeGroupProtocol = (
  given: Map<string, string>,
): Pick<ConsumerOptions, 'groupProtocol' | 'remoteAssignor'> => {
  const text = given.get(setting) ?? 'classic'
  const groupProtocol = (['classic', 'consumer'] as const).find((one) => one === text.toLowerCase())
  if (groupProtocol === undefined)
    throw badSetting(setting, text, 'String must be one of (case insensitive): CONSUMER, CLASSIC')
  const wrong = notBeside[groupProtocol].find((name) => given.has(name))
  if (wrong !== undefined)
    throw new UsageError(
      `org.apache.kafka.common.config.ConfigException: ${wrong} cannot be set when ${setting}=${groupProtocol.toUpperCase()}`,
      false,
    )
  const remoteAssignor = given.get(assignorSetting)
  for (const name of [setting, assignorSetting]) given.delete(name)
  return { groupProtocol, remoteAssignor }
}
