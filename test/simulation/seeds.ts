/** The seeds of a simulation of the broker: some that every run has, some that no run had before, and one alone where a failure is looked at again. */
import { randomInt } from 'node:crypto'

export interface Usual {
  /** Its name for `npm run simulate`. */
  readonly suite: string
  /** Seeds of every run, and fresh ones, where FIXED_SEEDS and SEEDS do not say how many. */
  readonly fixed: number
  readonly fresh: number
  /** How many it takes of each seed that FIXED_SEEDS and SEEDS ask for: less than 1 where it takes longer than the others. */
  readonly share: number
}

export interface Seeds {
  readonly timeoutMs: number
  /** For the name of the test. */
  readonly text: string
  /** One after the other; a failure says how its seed is run alone. */
  readonly each: (simulate: (seed: number) => Promise<void>) => Promise<void>
}

/** Far more than one takes on a machine that has little to do. */
const seedMsMax = 3000

interface Range {
  readonly first: number
  readonly count: number
}

const rangesOf = ({ fixed, fresh, share }: Usual, { SEED, SEEDS, FIXED_SEEDS }: NodeJS.ProcessEnv): Range[] => {
  if (SEED !== undefined) return [{ first: Number(SEED), count: 1 }]
  const asked = (text: string | undefined, usually: number): number =>
    text === undefined ? usually : Math.ceil(Number(text) * share)
  const ranges = [
    { first: 1, count: asked(FIXED_SEEDS, fixed) },
    { first: randomInt(1_000_000, 2 ** 31), count: asked(SEEDS, fresh) },
  ]
  return ranges.filter(({ count }) => count > 0)
}

const textOf = ({ first, count }: Range, index: number): string =>
  `${count}${index === 0 ? ' seeds' : ''} from ${first}`

export const seedsFor = (usual: Usual, env: NodeJS.ProcessEnv = process.env): Seeds => {
  const ranges = rangesOf(usual, env)
  const all = ranges.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i))
  return {
    timeoutMs: 60_000 + all.length * seedMsMax,
    text: ranges.map(textOf).join(', '),
    async each(simulate) {
      for (const seed of all) {
        try {
          await simulate(seed)
        } catch (thrown) {
          const reason = thrown instanceof Error ? thrown.message : String(thrown)
          throw new Error(`npm run simulate -- ${usual.suite} --seed ${seed} shows it again: ${reason}`, {
            cause: thrown,
          })
        }
      }
    },
  }
}
