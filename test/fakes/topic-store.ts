/** A topic store on the fake disk and clock, started and stopped as the broker would. */
import type { TopicStoreOptions } from '../../src/broker/topics/topic-store-options.ts'
import { openTopicStore, type TopicStore } from '../../src/broker/topics/topic-store.ts'
import type { Processes } from '../../src/io/processes.ts'
import { FakeClock } from './clock.ts'
import { RecordingLog } from './context.ts'
import { FakeDisk } from './disk.ts'
import { seededRandom } from './random.ts'

/** A process that is alive until the test says otherwise. */
export const fakeProcess = (pid: number, alive = new Map<number, string>()): Processes => {
  alive.set(pid, `started ${pid}`)
  return { pid, threadId: 0, startOf: (of) => alive.get(of), kernelLockHolder: () => undefined }
}

export interface StoreBench {
  readonly disk: FakeDisk
  readonly clock: FakeClock
  readonly said: RecordingLog
  /** Starts a broker's storage; the lock of the last one is held by a process that is gone. */
  readonly start: (options?: Partial<TopicStoreOptions>) => Promise<TopicStore>
}

export const storeBench = (disk = new FakeDisk()): StoreBench => {
  const [clock, said, random] = [new FakeClock(), new RecordingLog(), seededRandom(1)]
  let pid = 0
  return {
    disk,
    clock,
    said,
    start: (options = {}) =>
      openTopicStore({
        folders: ['/logs'],
        brokerId: 0,
        partitionsDefault: 1,
        given: new Map(),
        recoveryCheckpointMs: 60_000,
        disk,
        clock,
        random,
        log: said,
        processes: fakeProcess(++pid),
        ...options,
      }),
  }
}
