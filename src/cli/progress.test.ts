import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { keyedBatch } from '../../test/fakes/cleaner.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { temporaryFolder } from '../../test/support/agent.ts'
import { Findings } from './dump/findings.ts'
import { dumpLog } from './dump/log-file.ts'
import { dumpOffsetIndex } from './dump/side-files.ts'
import { Progress } from './progress.ts'

const folder = temporaryFolder()

/** Progress whose clock goes on by so much whenever it is asked. */
const ticking = (tickMs: number): { readonly progress: Progress; readonly said: string[] } => {
  const [clock, said]: [FakeClock, string[]] = [new FakeClock(), []]
  const progress = new Progress({
    now: () => clock.now(),
    sleep: (ms) => clock.sleep(ms),
    after: (ms, action) => clock.after(ms, action),
    monotonic() {
      clock.advance(tickMs)
      return clock.monotonic()
    },
  }, (line) => void said.push(line)) // prettier-ignore
  return { progress, said }
}

const log = join(folder.path, '00000000000000000000.log')
const dump = (progress: Progress): void =>
  dumpLog(log, { print: () => {}, findings: new Findings(), decoder: undefined, isDeep: true, skipsMetadata: false, bytesMax: 2 ** 31, progress }) // prettier-ignore

it('a dump that lasts says how far it is, a short one nothing', () => {
  const batch = keyedBatch([['k', 'x'.repeat(1_000_000)]])
  writeFileSync(log, Buffer.concat([batch, batch, batch, batch]))
  const long = ticking(1000)
  dump(long.progress)
  expect(long.said).toEqual([`${log}: 50 %`])
  const short = ticking(100)
  dump(short.progress)
  expect(short.said).toEqual([])
})

it('so does that of an index, which is compared with its log', () => {
  const index = join(folder.path, '00000000000000000001.index')
  writeFileSync(index, Buffer.alloc(8 * 7, 1))
  const { progress, said } = ticking(1000)
  const nothing = (): void => {}
  dumpOffsetIndex(index, { print: nothing, complain: nothing, findings: new Findings(), sanityOnly: false, verifyOnly: true, progress }) // prettier-ignore
  expect(said).toEqual([`${index}: 28 %`, `${index}: 71 %`])
})

it('the producer says how many lines it has sent, and of a file how far it is', () => {
  const { progress, said } = ticking(1000)
  for (let i = 1; i <= 9; i++) progress.lines(i * 1000, i * 1_000_000, 12_000_000)
  expect(said).toEqual([
    '3000 lines sent, 25 % of the input',
    '6000 lines sent, 50 % of the input',
    '9000 lines sent, 75 % of the input',
  ])
  said.length = 0
  for (let i = 1; i <= 3; i++) progress.lines(i, i * 65_536, undefined)
  expect(said).toEqual(['3 lines sent'])
})
