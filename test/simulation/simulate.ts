/**
 * `npm run simulate`: the simulations of the file channel and of the spillable one, each with 10,000 seeds, 200 of them fixed and the rest fresh.
 * `-- --seeds N` runs N of each, `-- --seed S` the one that a failing run has named.
 */
import { spawn } from 'node:child_process'
import { ownOptions } from '../support/own-options.ts'

const usage = 'npm run simulate -- [--seed S | --seeds N]'
const { values } = ownOptions(usage, {
  options: { seed: { type: 'string' }, seeds: { type: 'string', default: '10000' } },
})
const fixed = 200
const isNumber = (text: string | undefined): boolean => text === undefined || /^\d+$/.test(text)
if (!isNumber(values.seed) || !isNumber(values.seeds)) {
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
const suites = ['file', 'spillable'].map((channel) => `test/simulation/${channel}-channel.test.ts`)
const args = ['vitest', 'run', '--project', 'unit', ...suites, '-t', 'seeds']
const child = spawn('npx', args, { stdio: 'inherit', env })
child.on('exit', (code) => {
  console.log(
    'put, taken: events whose put, or whose take, was acknowledged; lost: acknowledged and never taken, which must be 0; repeated: given out again, ' +
      'where a crash or a roll-back came before the take was acknowledged.',
  )
  process.exitCode = code ?? 1
})
