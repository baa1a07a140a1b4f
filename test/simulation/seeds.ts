/** The seeds of a simulation of the broker: as many as usual, or SIMULATION_SEEDS, from SIMULATION_SEED on. */
const first = Number(process.env['SIMULATION_SEED'] ?? 1)

export interface Seeds {
  readonly count: number
  /** For the name of the test. */
  readonly text: string
  /** One after the other; a failure says how its seed is run alone. */
  readonly each: (simulate: (seed: number) => Promise<void>) => Promise<void>
}

export const seedsFor = (usually: number): Seeds => {
  const count = Number(process.env['SIMULATION_SEEDS'] ?? usually)
  return {
    count,
    text: `${count} seeds from ${first}`,
    async each(simulate) {
      for (let seed = first; seed < first + count; seed++) {
        try {
          await simulate(seed)
        } catch (thrown) {
          throw new Error(`SIMULATION_SEED=${seed} SIMULATION_SEEDS=1 shows it again`, { cause: thrown })
        }
      }
    },
  }
}
