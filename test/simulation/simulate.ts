/**
 * `npm run simulate`: the file channel's simulation with 10,000 seeds, 200 of them fixed and the rest fresh. `-- --seeds N` runs N, `-- --seed S` the one
 * that a failing run has named.
 */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { seed: { type: 'string' }, seeds: { type: 'string', default: '10000' } } })
const fixed = 200
const isNumber = (text: string | undefined): boolean => text === undefined || /^\d+$/.test(text)
if (!isNumber(values.seed) || !isNumber(values.seeds)) {
  console.error('Usage: npm run simulate -- [--seed S | --seeds N]')
  process.exit(1)
}
const count = Number(values.seeds)
const env = {
  ...process.env,
  FIXED_SEEDS: String(Math.min(fixed, count)),
  SEEDS: String(Math.max(0, count - fixed)),
  ...(values.seed === undefined ? {} : { SEED: values.seed }),
}
const args = ['vitest', 'run', '--project', 'unit', 'test/simulation/file-channel.test.ts', '-t', 'seeds']
const child = spawn('npx', args, { stdio: 'inherit', env })
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
