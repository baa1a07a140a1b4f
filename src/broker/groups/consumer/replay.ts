/** What a stored record of the newer protocol makes of a group, when the broker reads them back at its start. */
import type { ConsumerRecord } from './consumer-records.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { newMember } from './consumer-member.ts'

export interface HasConsumerPart {
  consumer: ConsumerGroup | undefined
}

/** Records come in any order that compaction leaves; a member without facts of its own is one that is gone. */
export const replayConsumerRecord = (group: HasConsumerPart, record: ConsumerRecord): void => {
  if (record.kind === 'consumer-group' && record.value === undefined) {
    group.consumer = undefined
    return
  }
  if (record.value === undefined && group.consumer === undefined) return
  const consumer = (group.consumer ??= new ConsumerGroup())
  if (record.kind === 'consumer-group') {
    consumer.epoch = record.value?.epoch ?? 0
    consumer.metadataHash = record.value?.metadataHash
  } else if (record.kind === 'target-epoch') consumer.assignmentEpoch = record.value?.epoch ?? 0
  else if (record.kind === 'target') {
    if (record.value === undefined) consumer.targets.delete(record.memberId)
    else consumer.targets.set(record.memberId, record.value)
  } else replayMember(consumer, record)
}

const replayMember = (
  consumer: ConsumerGroup,
  record: Extract<ConsumerRecord, { kind: 'member' | 'current' }>,
): void => {
  const { memberId, kind, value } = record
  const known = consumer.members.get(memberId)
  if (value !== undefined) {
    const instanceId = kind === 'member' ? value.instanceId : undefined
    consumer.put({ ...(known ?? newMember(memberId, instanceId)), ...value })
  } else if (kind === 'member') consumer.remove(memberId)
}
