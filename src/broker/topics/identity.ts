/** Whose folders these are: the broker's id and its cluster's, on which all log folders and server.properties must agree. */
import { Fault } from '../../base/faults.ts'
import type { Random } from '../../io/random.ts'
import type { LogFolder } from '../log/log-folder.ts'
import type { Meta } from '../log/meta-properties.ts'

/** The id of a broker that is told none and finds none. */
const brokerIdDefault = 1001

/** 22 characters; never one that begins with a dash, which tools would take for an option, or one of the few that Kafka reserves. */
export const newUuid = (random: Random): string => {
  for (;;) {
    const text = random.bytes(16).toString('base64url')
    if (!text.startsWith('-') && !text.startsWith('AAAAAAAAAAAA')) return text
  }
}

/** `brokerId` -1 takes the one that is stored. Throws WRONG_BROKER_ID or WRONG_CLUSTER_ID. */
export const agreeOn = (folders: readonly LogFolder[], brokerId: number, random: Random): Meta => {
  const known = folders.find((folder) => folder.stored !== undefined)?.stored
  const agreed = {
    brokerId: brokerId >= 0 ? brokerId : (known?.brokerId ?? brokerIdDefault),
    clusterId: folders.find((folder) => folder.stored?.clusterId !== undefined)?.stored?.clusterId ?? newUuid(random),
  }
  for (const { path, stored } of folders) {
    if (stored === undefined) continue
    if (stored.brokerId !== agreed.brokerId)
      throw new Fault('WRONG_BROKER_ID', { path, configured: agreed.brokerId, stored: stored.brokerId })
    if (stored.clusterId !== undefined && stored.clusterId !== agreed.clusterId)
      throw new Fault('WRONG_CLUSTER_ID', { path, expected: agreed.clusterId, stored: stored.clusterId })
  }
  return agreed
}
