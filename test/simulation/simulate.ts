/**
 * `npm run simulate`: the simulations of the file channel and of the spillable one, each with 10,000 seeds, 200 of them fixed and the rest fresh, and those
 * of the broker, whose worlds take longer, with their share of them (`seedsFor`). `-- SUITE…` runs some of them, `-- --seeds N` N of each,
 * `-- --seed S` the one that a failing run has named.
 */
import { spawn } from 'node:child_process'
import { ownOptions } from '../support/own-options.ts'

const files: Readonly<Record<string, string>> = {
  file: 'file-channel',
  spillable: 'spillable-channel',
  log: 'log',
  compaction: 'compaction',
  transactions: 'transactions',
}
const suites = Object.keys(files)
const usage = `npm run simulate -- [SUITE…] [--seed S | --seeds N]   (suites: ${suites.join(', ')})`
const { values, positionals } = ownOptions(usage, {
  options: { seed: { type: 'string' }, seeds: { type: 'string', default: '10000' } },
  allowPositionals: true,
})
const fixed = 200
const isNumber = (text: string | undefined): boolean => text === undefined || /^\d+$/.test(text)
if (!isNumber(values.seed) || !isNumber(values.seeds) || !positionals.every((name) => suites.includes(name))) {
  console.error(`Usage: ${usage}`)
  process.exit(1)
}
const count = Number(values.seeds)
const env = {
  ...process.env,
  FIXED_SEEDS: String(Math.min(fixed, count)),
  SEEDS: String(Math.max(0, count - fixed)),
  ...(values.seed === undefined ? {} : { SEED: values.seed }),
}
const asked = positionals.length > 0 ? positionals : suites
const paths = asked.map((name) => `test/simulation/${files[name]}.test.ts`)
const args = ['vitest', 'run', '--project', 'unit', ...paths, '-t', 'seeds']
const child = spawn('npx', args, { stdio: 'inherit', env })
child.on('exit', (code) => {
  console.log(
    'Of the channels: put, taken: events whose put, or whose take, was acknowledged; lost: acknowledged and never taken, which must be 0; repeated: given out ' +
      'again, where a crash or a roll-back came before the take was acknowledged.',
  )
  process.exitCode = code ?? 1
})
