/** What an explicit list of replicas for one partition must be where there is one broker, in Kafka's words. */
import { KafkaFault } from '../../protocol/error-codes.ts'

const refused = (what: string): KafkaFault =>
  new KafkaFault('INVALID_REPLICA_ASSIGNMENT', `The manual partition assignment includes ${what}`)

/** Throws INVALID_REPLICA_ASSIGNMENT. */
export const checkReplicas = (replicas: readonly number[], brokerId: number): void => {
  if (replicas.length === 0) throw refused('an empty replica list.')
  const stranger = replicas.find((id) => id !== brokerId)
  if (stranger !== undefined) throw refused(`broker ${stranger}, but no such broker is registered.`)
  if (replicas.length > 1) throw refused(`the broker ${brokerId} more than once.`)
}
