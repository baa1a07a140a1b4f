/** Follows files: looks for what is new, reads it file by file in turns, delivers it, and stores how far everything has settled. */
import { Ahead } from '../../src/flow/ahead.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'
import { FileGroups } from './file-groups.ts'
import { PositionStore } from './position-store.ts'
import type { TailFile } from './tail-file.ts'
import type { TaildirSettings } from './settings.ts'
import { Tracker } from './tracker.ts'

const lookAgainMs = 250

interface Settled {
  readonly file: TailFile
  readonly position: number
}

export class TaildirSource implements Source {
  readonly whenRefused = 'retry'
  readonly #settings: TaildirSettings
  readonly #context: SourceContext

  constructor(settings: TaildirSettings, context: SourceContext) {
    this.#settings = settings
    this.#context = context
  }

  async run(deliver: Deliver, signal: AbortSignal): Promise<void> {
    const { disk, log, clock, grace } = this.#context
    const store = new PositionStore(disk, this.#settings.positionFile, log)
    const groups = new FileGroups(this.#settings.groups, disk, () => clock.now(), this.#settings.cachePatternMatching)
    const tracker = new Tracker(groups, store.load(), this.#settings.skipToEnd, this.#settings.tailing(this.#context))
    const ahead = new Ahead<Settled>(this.#context.aheadMax, ({ file, position }) => void (file.settled = position))
    const save = (): void =>
      store.save(
        [...tracker.files].map((f) => ({ inode: f.inode, pos: f.settled, file: f.path, print: f.print.toStored() })),
      )
    try {
      while (!signal.aborted) {
        for (const file of tracker.scan()) await this.#turn(file, deliver, ahead, signal)
        save()
        await clock.sleep(lookAgainMs, signal)
      }
      await ahead.empty(grace)
    } finally {
      save()
      for (const file of tracker.files) file.close()
    }
  }

  async #turn(file: TailFile, deliver: Deliver, ahead: Ahead<Settled>, signal: AbortSignal): Promise<void> {
    file.open()
    while (!signal.aborted) {
      if (ahead.full) await ahead.room(signal)
      const batch: Batch = file.next(this.#settings.batchSize)
      if (batch.length === 0) return
      ahead.add(batch.length, { file, position: file.position }, await deliver(batch))
    }
  }
}
