/**
 * `npm run bench:channels`: the memory channel through put and take, the file channel beside a bare loop of writes and syncs, and starts on a file channel
 * that holds much. `-- memory file start` picks some; `--events N`, `--held N`, `--runs N` make it shorter, `--json` prints one JSON object a line.
 */
import { machine } from '../machine.ts'
import { memoryRate } from './memory.ts'
import { refill } from './refill.ts'
import { syncedRate } from './synced.ts'
import { fileTable, memoryTable, type Shown, startTable } from './tables.ts'
import { ownOptions } from '../../support/own-options.ts'

const parts = ['memory', 'file', 'start'] as const
const { values, positionals } = ownOptions(
  'npm run bench:channels -- [memory] [file] [start] [--events N] [--held N] [--runs N] [--json]',
  {
    allowPositionals: true,
    options: {
      events: { type: 'string', default: '5000000' },
      held: { type: 'string', default: '10000000' },
      runs: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  },
)
const unknown = positionals.filter((name) => !parts.some((part) => part === name))
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are: ${parts.join(', ')}.`)
  process.exit(2)
}
const wanted = (part: (typeof parts)[number]): boolean => positionals.length === 0 || positionals.includes(part)
const [events, held, runs] = [Number(values.events), Number(values.held), Number(values.runs)]

const show = <Figures>({ head, row }: Shown<Figures>, figures: Figures, isFirst: boolean): void => {
  if (values.json) return console.log(JSON.stringify(figures))
  if (isFirst) console.log(`\n${head}`)
  console.log(row(figures))
}

if (!values.json) console.log(machine())
if (wanted('memory'))
  for (const batch of [100, 1000]) show(memoryTable, await memoryRate(events * 4, batch, runs), batch === 100)
if (wanted('file')) {
  // A fifth of the lines where each has five times the bytes.
  for (const [lineBytes, share] of [
    [0, 1],
    [500, 5],
  ] as const)
    for (const batch of [100, 1000])
      show(fileTable, await syncedRate(lineBytes, events / share, batch, runs), lineBytes === 0 && batch === 100)
}
// A tenth first: the memory should be the same.
if (wanted('start')) for (const part of [10, 1]) show(startTable, await refill(held / part), part === 10)
