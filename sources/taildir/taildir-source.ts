/** The source: takes the lock on its position file, and follows its files until it is stopped. Each run begins from what is stored. */
import type { SourceContext } from '../../src/flow/context.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'
import { folderOf } from '../../src/formats/json-file.ts'
import { takeLock } from '../../src/io/lock.ts'
import { Following } from './following.ts'
import type { TaildirSettings } from './settings.ts'
import { watchFiles, type StartWatch } from './watch.ts'

export class TaildirSource implements Source {
  readonly whenRefused = 'retry'
  readonly #settings: TaildirSettings
  readonly #context: SourceContext
  readonly #startWatch: StartWatch

  /** `startWatch` is chokidar's unless a test brings its own. */
  constructor(settings: TaildirSettings, context: SourceContext, startWatch: StartWatch = watchFiles) {
    this.#settings = settings
    this.#context = context
    this.#startWatch = startWatch
  }

  async run(deliver: Deliver, signal: AbortSignal): Promise<void> {
    const { disk, log } = this.#context
    const { positionFile, groups } = this.#settings
    disk.makeFolder(folderOf(positionFile))
    using _lock = takeLock(`${positionFile}.lock`, { disk, own: 'a positionFile' })
    let wake: (path: string) => void = () => {}
    await using watch = await this.#startWatch((path) => wake(path), log)
    const followed = groups.map(({ name, text }) => `${name}=${text}`)
    log.info(`${this.#context.name} TaildirSource source starting with directory: {${followed.join(', ')}}`)
    const following = new Following(this.#settings, this.#context, watch, deliver, signal)
    wake = (path) => following.wake(path)
    await following.run()
  }
}
