/** Stop and start at every point, with rotation in between: nothing is lost, and only what had not settled comes again. */
import * as fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FileSourceRig, Run } from '../../test/support/file-source.ts'
import { seededRandom } from '../../test/fakes/random.ts'
import { until } from '../../test/fakes/until.ts'
import { bodies, lines, storedPositions, tailRig } from '../../test/support/taildir.ts'

const liveOnly = (rig: { folder: string }) => ({ 'filegroups.g': `${rig.folder}/log` })

/** One run that reads and settles what is there. */
const readAll = async (rig: FileSourceRig, count: number, settings = {}): Promise<Run> => {
  const run = await rig.start(settings)
  await run.has(count)
  await run.stop()
  return run
}

describe('restart', () => {
  it('goes on where everything had settled, and repeats nothing after a clean stop', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 10))
    await readAll(rig, 10)
    rig.append('log', lines(10, 12))
    expect((await readAll(rig, 2)).lines).toEqual(bodies(10, 12))
    expect(fs.readdirSync(rig.folder).toSorted()).toEqual(['log', 'positions.json', 'positions.json.fingerprints'])
  })

  it('repeats what had not settled', async () => {
    await using rig = tailRig({ batchSize: '4' })
    rig.write('log', lines(0, 12))
    const run = await rig.start({}, { settling: false })
    await run.has(12)
    run.settle(1)
    await until(() => storedPositions(rig)[0]?.pos === lines(0, 4).length)
    await run.kill()
    expect((await readAll(rig, 8)).lines).toEqual(bodies(4, 12))
  })

  it('finds a file that was renamed meanwhile, whether the new name matches or not', async () => {
    for (const matches of [true, false]) {
      await using rig = tailRig()
      const given = matches ? {} : liveOnly(rig)
      rig.write('log', lines(0, 10))
      await readAll(rig, 10, given)
      rig.append('log', lines(10, 20))
      rig.rename('log', 'log.1')
      rig.write('log', lines(20, 30))
      expect((await readAll(rig, 20, given)).lines.toSorted()).toEqual(bodies(10, 30).toSorted())
      rig.append('log', lines(30, 31))
      expect((await readAll(rig, 1, given)).lines).toEqual(bodies(30, 31))
    }
  })

  it('notices that the file was cut meanwhile, shorter or longer than before', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 10))
    await readAll(rig, 10)
    rig.write('log', lines(100, 102))
    expect((await readAll(rig, 2)).lines).toEqual(bodies(100, 102))
    rig.write('log', lines(200, 250))
    expect((await readAll(rig, 50)).lines).toEqual(bodies(200, 250))
  })

  it('takes a new file under an old inode for new', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 10))
    await readAll(rig, 10)
    rig.delete('log')
    rig.write('log', lines(100, 150))
    const { ino } = fs.statSync(rig.path('log'))
    for (const name of ['positions.json', 'positions.json.fingerprints']) {
      rig.write(name, rig.read(name).replace(/"inode":\d+/, `"inode":${ino}`))
    }
    expect((await readAll(rig, 50)).lines).toEqual(bodies(100, 150))
  })

  it('takes over Flume’s own position file: same inode and path, or from the beginning', async () => {
    await using rig = tailRig()
    rig.write('log1', lines(0, 10))
    rig.write('log2', lines(10, 20))
    const entry = (name: string, file = name) => {
      return { inode: fs.statSync(rig.path(name)).ino, pos: lines(0, 5).length, file: rig.path(file) }
    }
    rig.write('positions.json', JSON.stringify([entry('log1'), entry('log2', 'logx')]))
    const run = await readAll(rig, 15)
    expect(run.lines.toSorted()).toEqual([...bodies(5, 20)].toSorted())
    expect(run.context.log.of('info').join('\n')).toContain(`Missing file: ${rig.path('logx')}`)
  })

  it('keeps the positions of files whose folder is not there for now', async () => {
    await using rig = tailRig({ 'filegroups.g': '/' })
    const given = { 'filegroups.g': `${rig.folder}/mount/log` }
    fs.mkdirSync(rig.path('mount'))
    rig.write('mount/log', lines(0, 10))
    await readAll(rig, 10, given)
    rig.rename('mount', 'gone')
    const run = await rig.start(given)
    await until(() => run.context.log.of('warn').length > 0)
    rig.rename('gone', 'mount')
    rig.append('mount/log', lines(10, 11))
    await run.has(1)
    await run.stop()
    expect(run.lines).toEqual(bodies(10, 11))
    expect(run.context.log.of('warn')).toHaveLength(1)
  })
})

/** Writes, rotates, settles a little, stops or dies, starts again. */
class Story {
  readonly #random: ReturnType<typeof seededRandom>
  readonly #rig: FileSourceRig
  readonly #arrived = new Map<string, number>()
  readonly #mayRepeat = new Set<string>()
  #written = 0
  #rotations = 0
  #crashed = false
  #run: Run | undefined

  constructor(seed: number, rig: FileSourceRig) {
    this.#random = seededRandom(seed)
    this.#rig = rig
  }

  async tell(steps: number): Promise<void> {
    for (let left = steps; left > 0; left--) {
      const step: () => void | Promise<void> = this.#random.pick([
        () => this.#append(),
        () => this.#append(),
        () => this.#rotate(),
        () => this.#settle(),
        () => this.#lookAway(),
        () => this.#begin(),
        () => this.#end(),
      ])
      await step()
    }
    await this.#begin()
    const run = this.#run as Run
    run.settling = true
    run.settle()
    await until(() => this.#missing(run).length === 0, `lines ${this.#missing(run).slice(0, 5).join()}`, 5_000)
    await this.#end('stop')
  }

  /** Lines that came more often than once although they had settled. Crashes may repeat what was not yet stored as well. */
  wronglyRepeated(): string[] {
    if (this.#crashed) return []
    return [...this.#arrived].filter(([line, times]) => times > 1 && !this.#mayRepeat.has(line)).map(([line]) => line)
  }

  #missing(run: Run): string[] {
    const now = new Set(run.lines)
    return bodies(0, this.#written).filter((line) => !this.#arrived.has(line) && !now.has(line))
  }

  #append(): void {
    const count = this.#random.below(30)
    this.#rig.append('log', lines(this.#written, this.#written + count))
    this.#written += count
  }

  #rotate(): void {
    if (!this.#rig.exists('log')) return
    const { ino } = fs.statSync(this.#rig.path('log'))
    // Under a name that does not match only a file that was seen before can be found.
    const wasSeen = storedPositions(this.#rig).some((position) => position.inode === ino)
    this.#rig.rename('log', `${this.#random.pick(wasSeen ? ['log.', 'old.'] : ['log.'])}${this.#rotations++}`)
    if (this.#random.chance(0.5)) this.#rig.write('log', '')
  }

  #settle(): void {
    this.#run?.settle(this.#random.below(4))
  }

  async #lookAway(): Promise<void> {
    const turns = this.#random.below(40)
    for (let i = 0; i < turns; i++) await new Promise((resolve) => void setImmediate(resolve))
  }

  async #begin(): Promise<void> {
    this.#run ??= await this.#rig.start({}, { settling: false, aheadMax: 40 })
  }

  async #end(how = this.#random.pick(['stop', 'kill', 'crash'])): Promise<void> {
    const run = this.#run
    if (run === undefined) return
    this.#run = undefined
    const stored = ['positions.json', 'positions.json.fingerprints'].map((name) => [name, this.#bytesOf(name)] as const)
    await (how === 'stop' ? run.stop() : run.kill())
    for (const line of run.unsettledLines) this.#mayRepeat.add(line)
    for (const line of run.lines) this.#arrived.set(line, (this.#arrived.get(line) ?? 0) + 1)
    if (how !== 'crash') return
    this.#crashed = true
    for (const [name, bytes] of stored) if (bytes !== undefined) this.#rig.write(name, bytes)
  }

  #bytesOf(name: string): Buffer | undefined {
    return this.#rig.exists(name) ? fs.readFileSync(this.#rig.path(name)) : undefined
  }
}

describe('a story of writing, rotating, stopping and dying', () => {
  it.each(Array.from({ length: 40 }, (_, i) => i + 1))('loses nothing, seed %i', async (seed) => {
    await using rig = tailRig({ batchSize: '7' })
    const story = new Story(seed, rig)
    await story.tell(60)
    expect(story.wronglyRepeated()).toEqual([])
  })
})
