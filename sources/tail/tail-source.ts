/** The source: waits for its file, decides where to begin, and follows it until it is stopped. */
import type { SourceContext } from '../../src/flow/context.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'
import { folderOf } from '../../src/formats/json-file.ts'
import type { DiskStat } from '../../src/io/disk.ts'
import { takeLock } from '../../src/io/lock.ts'
import { Follower } from './follower.ts'
import { loadPlace, Place } from './place.ts'
import type { TailSettings } from './settings.ts'
import { Tailing } from './tailing.ts'

export class TailSource implements Source {
  readonly whenRefused = 'retry'
  readonly #settings: TailSettings
  readonly #context: SourceContext
  /** Where the last run stood, should the source be started again. */
  #last: Place | undefined

  constructor(settings: TailSettings, context: SourceContext) {
    this.#settings = settings
    this.#context = context
  }

  async run(deliver: Deliver, signal: AbortSignal): Promise<void> {
    using _lock = this.#lock()
    const place = await this.#firstPlace(signal)
    if (place === undefined) return
    const { file, pollMs } = this.#settings
    const { disk, log } = this.#context
    const said = new Set<string>()
    const follower = await Follower.open({
      path: file,
      position: place.position,
      pollMs,
      inodeNow: () => disk.stat(file)?.inode ?? -1,
      onTrouble: (problem) => {
        if (!said.has(problem)) log.warn(`${file}: ${problem}. It is tried again.`)
        said.add(problem)
      },
    })
    log.info(`Following ${file} from byte ${place.position}.`)
    const tailing = new Tailing(this.#settings, this.#context, follower, place, deliver, signal)
    await tailing.run().finally(() => {
      this.#last = tailing.settled
    })
  }

  #lock(): Disposable | undefined {
    const { positionFile } = this.#settings
    if (positionFile === undefined) return undefined
    const { disk } = this.#context
    disk.makeFolder(folderOf(positionFile))
    return takeLock(`${positionFile}.lock`, { disk, own: 'a positionFile' })
  }

  /** Where to begin, once the file is there; undefined when the source is to stop before. */
  async #firstPlace(signal: AbortSignal): Promise<Place | undefined> {
    const { file, pollMs, positionFile, startAt } = this.#settings
    const { disk, log, clock } = this.#context
    const known = this.#last ?? (positionFile === undefined ? undefined : loadPlace(disk, positionFile, file, log))
    let stat = disk.stat(file)
    const wasThere = stat !== undefined
    if (!wasThere) log.warn(`${file} does not exist. It is read from its beginning as soon as it does.`)
    for (; stat === undefined; stat = disk.stat(file)) {
      await clock.sleep(pollMs, signal)
      if (signal.aborted) return undefined
    }
    if (known !== undefined) return this.#resumed(known, stat)
    return new Place(stat.inode, startAt === 'end' && wasThere ? stat.size : 0)
  }

  #resumed(known: Place, stat: DiskStat): Place {
    if (known.inode === stat.inode && known.settled <= stat.size) return new Place(stat.inode, known.settled)
    this.#context.log.warn(
      `${this.#settings.file} is not the file it was: it is read from its beginning. What the old one held beyond byte ${known.settled} ` +
        `was not read; TAILDIR would find it.`,
    )
    return new Place(stat.inode, 0)
  }
}
