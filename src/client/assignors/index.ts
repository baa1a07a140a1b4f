/** Every assignor by the name that it has in the group protocol, and by its Java class. */
import type { AssignorName } from '../consumer-options.ts'
import type { Assign } from './assignor.ts'
import { range } from './range.ts'
import { roundRobin } from './round-robin.ts'
import { cooperativeSticky, sticky } from './sticky.ts'

export const assignors: Readonly<Record<AssignorName, Assign>> = {
  range,
  roundrobin: roundRobin,
  sticky,
  'cooperative-sticky': cooperativeSticky,
}

/** For `partition.assignment.strategy`, which names Java classes. */
export const assignorClasses: Readonly<Record<string, AssignorName>> = {
  'org.apache.kafka.clients.consumer.RangeAssignor': 'range',
  'org.apache.kafka.clients.consumer.RoundRobinAssignor': 'roundrobin',
  'org.apache.kafka.clients.consumer.StickyAssignor': 'sticky',
  'org.apache.kafka.clients.consumer.CooperativeStickyAssignor': 'cooperative-sticky',
}
