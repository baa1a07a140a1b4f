/**
 * `npm run bench`: the table of paths, each the best of several runs, with its count of lost and repeated events.
 * `npm run -s bench -- file-to-topic --events N [--batch N] [--runs N] --json` prints one JSON object a line.
 */
import { measure, type Figures } from './agent-run.ts'
import { best } from './best.ts'
import { cases, type Case } from './cases.ts'
import { kcatRate } from './kcat.ts'
import { machine } from './machine.ts'
import { measureStart } from './start.ts'
import { row, tableHead } from './table.ts'
import { ownOptions } from '../support/own-options.ts'

const { values, positionals } = ownOptions('npm run bench -- [CASE…] [--events N] [--batch N] [--runs N] [--json]', {
  allowPositionals: true,
  options: {
    events: { type: 'string', default: '5000000' },
    batch: { type: 'string' },
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})

const fillers: Partial<Record<Case['needs'], string>> = {
  'filled topic': 'file-to-topic',
  'filled channel': 'file-into-kafka-channel',
}

const figuresOf = async (c: Case): Promise<Figures> => {
  const runs: Figures[] = []
  const filler = cases.find(({ name }) => name === fillers[c.needs]) ?? c
  for (let i = 0; i < Number(values.runs); i++) {
    runs.push(await measure(c, filler, Number(values.events), Number(values.batch ?? c.batch)))
  }
  return best(runs)
}

if (!(Number(values.runs) >= 1)) {
  console.error(`--runs ${values.runs}: it takes one run at least.`)
  process.exit(1)
}

const unknown = positionals.filter((name) => !['start', 'kcat'].includes(name) && !cases.some((c) => c.name === name))
if (unknown.length > 0) {
  console.error(`No such case: ${unknown.join(', ')}. There are: ${cases.map((c) => c.name).join(', ')}, kcat, start.`)
  process.exit(2)
}

const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name)

if (!values.json) console.log(`${machine()}\n\n${tableHead}`)
for (const c of cases.filter((one) => wanted(one.name))) {
  const figures = await figuresOf(c)
  console.log(values.json ? JSON.stringify(figures) : row(c, figures))
}
if (wanted('kcat')) await kcatRate(Number(values.events), Number(values.runs), values.json)
if (wanted('start')) await measureStart(values.json)
