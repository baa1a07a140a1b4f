/** How far a source may run ahead of what is settled. */
import type { PlannedSource } from '../config/plan.ts'
import type { Selector } from '../flow/selector.ts'
import type { ChannelPort } from './channel-port.ts'
import type { AgentRegistry } from './registry.ts'

/** Behind memory a short lead is best: the file is the better buffer, and young objects die in the cache. */
const behindMemory = 5_000
/** Behind a disk ten batches, up to so many, so that a sync is shared by many; events that wait longer grow old, and cost more memory and CPU than syncs. */
const behindDiskMost = 10_000
const batchesBehindDisk = 10

/** The cap for one source, in events: what its file says, else at least two of its batches. */
export const aheadMax = (
  { definition, values, aheadMax: asked }: PlannedSource<AgentRegistry>,
  ports: readonly ChannelPort[],
  selector: Selector,
): number => {
  if (asked !== undefined) return asked
  const required = selector.always?.required ?? [...ports.keys()]
  const isDurable = required.length > 0 && required.every((index) => ports[index]?.channel.durable === true)
  const batch = definition.batchSetting === undefined ? 0 : values[definition.batchSetting]
  const events = typeof batch === 'number' ? batch : 0
  const behindDisk = Math.min(behindDiskMost, batchesBehindDisk * events)
  return Math.max(behindMemory, isDurable ? behindDisk : 0, 2 * events)
}
